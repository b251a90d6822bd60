"""The worker of the second peer: polls SQS, takes the matrix from S3, puts the result there, deletes the message."""
import json
import os

import boto3
import numpy as np
from botocore.config import Config

# The local S3 reads no trailing checksums, and knows buckets by path alone.
s3 = boto3.client("s3", config=Config(request_checksum_calculation="when_required", s3={"addressing_style": "path"}))
sqs = boto3.client("sqs")
queue, bucket = os.environ["QUEUE_URL"], os.environ["BUCKET"]


def compute(job_id):
    body = s3.get_object(Bucket=bucket, Key=f"inputs/{job_id}.json")["Body"].read()
    a = np.array(json.loads(body)["dataMatrix"], dtype=np.float64)
    r = np.random.default_rng(0).random((a.shape[1], a.shape[1]))
    answer = {"jobId": job_id, "status": "COMPLETED", "result": (np.abs(np.fft.fft2(a)) @ r).tolist()}
    s3.put_object(Bucket=bucket, Key=f"results/{job_id}.json", Body=json.dumps(answer).encode())


print("ready", flush=True)
while True:
    received = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=20)
    for message in received.get("Messages", []):
        compute(json.loads(message["Body"])["jobId"])
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
