/** The design many begin with: Express, and a process of Python with NumPy for each request. */
import { spawn } from "node:child_process";
import path from "node:path";
import { text } from "node:stream/consumers";
import express, { json } from "express";
import { listening } from "./listening.ts";

const script = path.join(import.meta.dirname, "spawned.py");

async function computed(body: unknown): Promise<string> {
  const child = spawn("python3", [script], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(body));
  return text(child.stdout);
}

const app = express();
app.use(json({ limit: "5mb" }));
app.post("/jobs", async (request, response) => {
  const answer = await computed(request.body);
  if (answer === "") response.status(500).json({ error: "the computation failed" });
  else response.type("json").send(answer);
});
listening(app);
