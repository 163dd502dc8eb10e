/**
 * What calls a handler as Lambda's own runtimes do: programs in the language of the function, given to its Node or Python
 * as text. Arguments: folder of the unpacked zip, handler, file of the event, file for the answer, seconds.
 *
 * The answer is `{ ok, value, error: { errorType, errorMessage, trace } }`; what the code prints stays on its output.
 */

/** @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html */
export const NODE_HARNESS = `
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { pathToFileURL } from "node:url";
const [folder, handler, eventFile, answerFile, seconds] = process.argv.slice(1);
const say = (answer) => { writeFileSync(answerFile, JSON.stringify(answer)); process.exit(0); };
const fail = (error, errorType) => say({ ok: false, error: {
  errorType: errorType ?? error?.name ?? "Error",
  errorMessage: String(error?.message ?? error),
  trace: String(error?.stack ?? "").split("\\n"),
} });
const STREAMS = Symbol.for("aws.lambda.runtime.handler.streaming");
globalThis.awslambda = {
  streamifyResponse: (one) => Object.assign(one, { [STREAMS]: "response" }),
  HttpResponseStream: { from: (stream) => stream },
};
process.on("uncaughtException", (error) => fail(error));
process.on("unhandledRejection", (error) => fail(error, "Runtime.UnhandledPromiseRejection"));
const at = handler.lastIndexOf(".");
const file = ["js", "mjs", "cjs"].map((end) => join(folder, handler.slice(0, at) + "." + end)).find(existsSync);
if (!file) fail("there is no file " + handler.slice(0, at), "Runtime.ImportModuleError");
const module = await import(pathToFileURL(file).href).catch((error) =>
  fail(error, error instanceof SyntaxError ? "Runtime.UserCodeSyntaxError" : "Runtime.ImportModuleError"));
const name = handler.slice(at + 1);
const call = module[name] ?? module.default?.[name];
if (typeof call !== "function") fail(handler + " is no function", "Runtime.HandlerNotFound");
const end = Date.now() + Number(seconds) * 1000;
const context = {
  functionName: process.env.AWS_LAMBDA_FUNCTION_NAME, functionVersion: "$LATEST", memoryLimitInMB: "256",
  invokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:" + process.env.AWS_LAMBDA_FUNCTION_NAME,
  awsRequestId: "00000000-0000-4000-8000-000000000000", logGroupName: "/aws/lambda/check", logStreamName: "check",
  callbackWaitsForEmptyEventLoop: true, getRemainingTimeInMillis: () => Math.max(0, end - Date.now()),
};
setTimeout(() => fail("Task timed out after " + Number(seconds).toFixed(2) + " seconds", "Sandbox.Timedout"), Number(seconds) * 1000);
const event = JSON.parse(readFileSync(eventFile, "utf8"));
const major = Number(process.versions.node.split(".")[0]);
try {
  if (call[STREAMS]) {
    const chunks = [];
    const stream = new Writable({ write(chunk, _, done) { chunks.push(Buffer.from(chunk)); done(); } });
    stream.setContentType = () => undefined;
    const finished = new Promise((resolve) => stream.once("finish", resolve));
    await call(event, stream, context);
    await finished;
    say({ ok: true, value: Buffer.concat(chunks).toString() });
  }
  if (call.length >= 3 && major >= 24)
    fail("AWS Lambda has no callbacks from Node 24 on: use an async function", "Runtime.CallbackHandlerDeprecated");
  const value = await new Promise((resolve, reject) => {
    const answer = call(event, context, (error, result) => (error ? reject(error) : resolve(result)));
    if (typeof answer?.then === "function") answer.then(resolve, reject);
    else if (call.length < 3) resolve(null);
  });
  JSON.stringify(value);
  say({ ok: true, value: value ?? null });
} catch (error) { fail(error); }
`;

/** @see https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html */
export const PYTHON_HARNESS = `
import importlib, json, logging, os, sys, threading, time, traceback
logs = logging.StreamHandler()
logs.setFormatter(logging.Formatter("[%(levelname)s] %(message)s"))
logging.getLogger().addHandler(logs)
folder, handler, event_file, answer_file, seconds = sys.argv[1:6]
sys.dont_write_bytecode = True
sys.path.insert(0, folder)
def say(answer):
    with open(answer_file, "w") as file:
        json.dump(answer, file)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
def fail(error, kind=None):
    trace = traceback.format_exc().splitlines()
    say({"ok": False, "error": {"errorType": kind or type(error).__name__, "errorMessage": str(error), "trace": trace}})
module, _, name = handler.rpartition(".")
limit = threading.Timer(float(seconds), lambda: fail(f"Task timed out after {float(seconds):.2f} seconds", "Sandbox.Timedout"))
limit.daemon = True
try:
    loaded = importlib.import_module(module.replace("/", "."))
except SyntaxError as error:
    fail(error, "Runtime.UserCodeSyntaxError")
except ImportError as error:
    fail(error, "Runtime.ImportModuleError")
except BaseException as error:
    fail(error)
call = getattr(loaded, name, None)
if not callable(call):
    fail(f"{handler} is no function", "Runtime.HandlerNotFound")
end = time.time() + float(seconds)
class Context:
    function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
    function_version = "$LATEST"
    invoked_function_arn = f"arn:aws:lambda:us-east-1:123456789012:function:{function_name}"
    memory_limit_in_mb = "256"
    aws_request_id = "00000000-0000-4000-8000-000000000000"
    log_group_name = "/aws/lambda/check"
    log_stream_name = "check"
    identity = None
    client_context = None
    def get_remaining_time_in_millis(self):
        return max(0, int((end - time.time()) * 1000))
limit.start()
try:
    with open(event_file) as file:
        event = json.load(file)
    value = call(event, Context())
    json.dumps(value)
except BaseException as error:
    fail(error)
say({"ok": True, "value": value})
`;
