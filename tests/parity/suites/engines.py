"""Our engines as a function of Python: one Node process that lives as long as the suites run."""
import io
import json
import pathlib
import struct
import subprocess

import numpy as np

serve = pathlib.Path(__file__).with_name("serve.ts")


class Refused(Exception):
    """A Problem of ours: its code, its message, and the field it names."""

    def __init__(self, code, message, field=None, stack=None):
        super().__init__(message)
        self.code, self.message, self.field, self.stack = code, message, field, stack


class Engines:
    def __init__(self, node):
        self.process = subprocess.Popen([node, str(serve)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        hello = self._header()
        self.engine, self.catalogue = hello["engine"], hello["catalogue"]

    def _exactly(self, count):
        data = self.process.stdout.read(count)
        if len(data) != count:
            raise EOFError("the engines' process has ended")
        return data

    def _header(self):
        (length,) = struct.unpack("<I", self._exactly(4))
        return json.loads(self._exactly(length))

    def run(self, operation, params, inputs):
        """Outputs by name. Raises Refused."""
        files = []
        for array in inputs.values():
            file = io.BytesIO()
            np.lib.format.write_array(file, array, allow_pickle=False)
            files.append(file.getvalue())
        request = {
            "operation": operation,
            "params": params,
            "inputs": [[name, len(file)] for name, file in zip(inputs, files)],
        }
        header = json.dumps(request, allow_nan=False).encode()
        self.process.stdin.write(struct.pack("<I", len(header)) + header + b"".join(files))
        self.process.stdin.flush()
        answer = self._header()
        if "refused" in answer:
            refused = answer["refused"]
            raise Refused(refused["code"], refused["message"], refused.get("field"), refused.get("stack"))
        return {
            name: np.lib.format.read_array(io.BytesIO(self._exactly(length)))
            for name, length in answer["outputs"]
        }

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)
