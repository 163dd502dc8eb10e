// Made by `npm run derive` from cli/delivery/job.ts: change it there.
"use strict";
var __getOwnPropNames = Object.getOwnPropertyNames;
var __commonJS = (cb, mod) => function __require() {
  try {
    return mod || (0, cb[__getOwnPropNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports;
  } catch (e) {
    throw mod = 0, e;
  }
};

// dist/delivery/analysis.js
var require_analysis = __commonJS({
  "dist/delivery/analysis.js"(exports2) {
    "use strict";
    Object.defineProperty(exports2, "__esModule", { value: true });
    exports2.failureLimit = failureLimit;
    exports2.checkInterval = checkInterval;
    exports2.judge = judge;
    exports2.judgeTraffic = judgeTraffic;
    exports2.worst = worst;
    function failureLimit({ checks, maxErrors }) {
      return Math.floor(checks * maxErrors / 100);
    }
    function checkInterval({ checks, seconds }) {
      return Math.floor(seconds * 1e3 / checks);
    }
    function judge(rule, samples, ended = false) {
      const allowed = failureLimit(rule);
      const counted = samples.slice(0, rule.checks);
      const errors = counted.filter((sample) => sample === "error").length;
      const of = (verdict) => ({ verdict, taken: counted.length, errors, allowed });
      if (errors > allowed)
        return of("fail");
      if (counted.length >= rule.checks)
        return of("pass");
      return of(ended ? "inconclusive" : "running");
    }
    function judgeTraffic({ maxErrors }, traffic) {
      if (traffic === void 0 || traffic.requests === 0)
        return "inconclusive";
      return traffic.errors * 100 > maxErrors * traffic.requests ? "fail" : "pass";
    }
    var WORST_FIRST = ["fail", "inconclusive", "running", "pass"];
    function worst(verdicts) {
      return WORST_FIRST.find((verdict) => verdicts.includes(verdict)) ?? "inconclusive";
    }
  }
});

// dist/delivery/counters.js
var require_counters = __commonJS({
  "dist/delivery/counters.js"(exports2) {
    "use strict";
    Object.defineProperty(exports2, "__esModule", { value: true });
    exports2.countersIn = countersIn;
    exports2.trafficOf = trafficOf;
    var REQUESTS = "http_requests_total";
    var STARTED = "process_start_time_seconds";
    var STATUS = /(?:^|,)\s*(?:code|status|status_code)="(\d{3})"/;
    var PROBED = /(?:^|,)\s*(?:route|path|handler)="\/(?:health|healthz|ready|readyz|live|livez|metrics)"/;
    var SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?\s+(\S+)/;
    function countersIn(text) {
      let process2 = "";
      let requests;
      let errors = 0;
      for (const line of text.split("\n")) {
        const [, name, labels = "", written = ""] = SAMPLE.exec(line) ?? [];
        const value = Number(written);
        if (name === STARTED)
          process2 = written;
        if (name !== REQUESTS || !Number.isFinite(value) || PROBED.test(labels))
          continue;
        requests = (requests ?? 0) + value;
        if (STATUS.exec(labels)?.[1]?.startsWith("5"))
          errors += value;
      }
      return requests === void 0 ? void 0 : { process: process2, requests, errors };
    }
    function trafficOf(looks) {
      const processes = /* @__PURE__ */ new Map();
      for (const each of looks)
        processes.set(each.process, [...processes.get(each.process) ?? [], each]);
      const seenTwice = [...processes.values()].filter((own) => own.length > 1);
      if (seenTwice.length === 0)
        return void 0;
      return seenTwice.reduce((sum, own) => {
        const [first, last] = [own[0], own.at(-1)];
        return {
          requests: sum.requests + (last?.requests ?? 0) - (first?.requests ?? 0),
          errors: sum.errors + (last?.errors ?? 0) - (first?.errors ?? 0)
        };
      }, { requests: 0, errors: 0 });
    }
  }
});

// dist/delivery/analyze.js
var require_analyze = __commonJS({
  "dist/delivery/analyze.js"(exports2) {
    "use strict";
    Object.defineProperty(exports2, "__esModule", { value: true });
    exports2.analyze = analyze;
    var promises_1 = require("node:timers/promises");
    var analysis_1 = require_analysis();
    var counters_1 = require_counters();
    var MOST = 4e6;
    async function analyze(props) {
      const { url, rule, metrics, signal, timeout = 3e3 } = props;
      const over = new AbortController();
      const ending = over.signal;
      const stop = () => over.abort();
      if (signal?.aborted)
        stop();
      signal?.addEventListener("abort", stop);
      const samples = [];
      const reasons = /* @__PURE__ */ new Map();
      const looks = [];
      const look = async () => {
        const counters = metrics === void 0 ? void 0 : await countersAt(metrics, timeout);
        if (counters)
          looks.push(counters);
      };
      const make = async () => {
        const check = await checkOf(url, timeout, ending);
        if (ending.aborted)
          return;
        samples.push(check.sample);
        if (check.reason !== void 0)
          reasons.set(check.reason, (reasons.get(check.reason) ?? 0) + 1);
        const soFar = (0, analysis_1.judge)(rule, samples);
        props.onCheck?.(check, soFar);
        if (soFar.verdict === "fail")
          over.abort();
      };
      await look();
      const begun = Date.now();
      const running = [];
      for (let number = 0; number < rule.checks && !ending.aborted; number++) {
        await (0, promises_1.setTimeout)(begun + number * (0, analysis_1.checkInterval)(rule) - Date.now(), void 0, { signal: ending }).catch(() => {
        });
        if (ending.aborted)
          break;
        running.push(make(), ...number === 0 ? [] : [look()]);
      }
      await Promise.all(running);
      await look();
      signal?.removeEventListener("abort", stop);
      const found = (0, analysis_1.judge)(rule, samples, true);
      const traffic = (0, counters_1.trafficOf)(looks);
      const verdicts = [
        found.verdict,
        ...metrics === void 0 ? [] : [(0, analysis_1.judgeTraffic)(rule, traffic)]
      ];
      return {
        url,
        ...found,
        verdict: (0, analysis_1.worst)(verdicts),
        ...traffic && metrics !== void 0 ? { traffic } : {},
        reasons: [...reasons].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count)
      };
    }
    async function checkOf(url, timeout, ending) {
      try {
        const { ok, status } = await ask(url, timeout, ending);
        return ok ? { sample: "ok" } : { sample: "error", reason: `status ${status}` };
      } catch (error) {
        return { sample: "error", reason: reasonOf(error) };
      }
    }
    async function countersAt(url, timeout) {
      try {
        const { ok, text } = await ask(url, timeout);
        return ok ? (0, counters_1.countersIn)(text) : void 0;
      } catch {
        return void 0;
      }
    }
    async function ask(url, timeout, ending) {
      const own = new AbortController();
      const end = () => own.abort();
      const timer = setTimeout(() => own.abort(new Error("no answer in time")), timeout);
      ending?.addEventListener("abort", end);
      try {
        const answer = await fetch(url, {
          redirect: "manual",
          signal: own.signal,
          headers: { connection: "close" }
        });
        return { ok: answer.ok, status: answer.status, text: await drained(answer) };
      } finally {
        clearTimeout(timer);
        ending?.removeEventListener("abort", end);
      }
    }
    async function drained({ body }) {
      const parts = [];
      let size = 0;
      for await (const part of body ?? []) {
        size += part.length;
        if (size > MOST)
          throw new Error(`an answer of more than ${MOST} bytes`);
        parts.push(part);
      }
      return Buffer.concat(parts).toString("utf8");
    }
    function reasonOf(error) {
      if (!(error instanceof Error))
        return String(error);
      const { cause } = error;
      return cause?.code ?? cause?.message ?? error.message;
    }
  }
});

// dist/delivery/job.js
Object.defineProperty(exports, "__esModule", { value: true });
var node_fs_1 = require("node:fs");
var node_util_1 = require("node:util");
var analyze_1 = require_analyze();
async function main() {
  const text = { type: "string" };
  const { positionals, values } = (0, node_util_1.parseArgs)({
    allowPositionals: true,
    options: { checks: text, seconds: text, "max-errors": text, metrics: text }
  });
  const number = (name) => {
    const value = Number(values[name] || Number.NaN);
    if (!Number.isFinite(value))
      throw new Error(`--${name} ${values[name]} is not a number`);
    return value;
  };
  const [url = ""] = positionals;
  const found = await (0, analyze_1.analyze)({
    url,
    rule: { checks: number("checks"), seconds: number("seconds"), maxErrors: number("max-errors") },
    metrics: values.metrics,
    onCheck: ({ sample, reason }, { taken, errors }) => tell({ check: taken, sample, reason, errors })
  });
  tell(found);
  process.exit(found.verdict === "pass" ? 0 : 1);
}
function tell(what) {
  (0, node_fs_1.writeSync)(1, `${JSON.stringify(what)}
`);
}
main().catch((error) => {
  tell({ error: String(error) });
  process.exit(2);
});
