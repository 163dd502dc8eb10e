import fc from "fast-check";
import { type Counters, countersIn, trafficOf } from "../../../cli/delivery/counters";

const TEXT = `# HELP http_requests_total Requests
# TYPE http_requests_total counter
http_requests_total{method="GET",code="200"} 90
http_requests_total{code="404",method="GET"} 5
http_requests_total{method="POST",code="500"} 3 1767225600000
http_requests_total{method="GET",code="503"} 2 # {trace_id="a"} 1
http_requests_total{method="GET",route="/health",code="200"} 900
http_requests_total{route="/ready",code="503"} 9
http_requests_total_created{code="500"} 7
process_start_time_seconds 1767225600.25
`;

test("counts requests, and answers of the 500s as errors: a wrong call is the caller's", () => {
  expect(countersIn(TEXT)).toEqual({ process: "1767225600.25", requests: 100, errors: 5 });
});

test("a route that only looks like a probe is counted", () => {
  expect(countersIn('http_requests_total{route="/healthy",code="500"} 1\n')).toMatchObject({ errors: 1 });
});

test.each(["status", "status_code"])("the label may be called %s", (label) => {
  expect(countersIn(TEXT.replaceAll("code=", `${label}=`))?.errors).toBe(5);
});

test.each([
  ["no counter", "up 1\n"],
  ["a page", "<html>http_requests_total</html>"],
  ["nothing", ""],
  ["a value that is none", 'http_requests_total{code="200"} NaN\n'],
])("%s says nothing", (_, text) => {
  expect(countersIn(text)).toBeUndefined();
});

test("what happened is the difference; a look alone says nothing", () => {
  const look = (requests: number, errors: number): Counters => ({ process: "a", requests, errors });
  expect(trafficOf([look(100, 5), look(120, 6), look(150, 9)])).toEqual({ requests: 50, errors: 4 });
  expect(trafficOf([look(100, 5)])).toBeUndefined();
  expect(trafficOf([])).toBeUndefined();
});

test("pods behind one address are told apart, in whatever order they answer", () => {
  const growth = fc.array(fc.tuple(fc.nat(50), fc.nat(50)), { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(fc.array(growth, { minLength: 1, maxLength: 5 }), fc.gen(), (pods, gen) => {
      const series = pods.map((steps, pod) => {
        let [requests, errors] = [1000 * pod, 10 * pod];
        return steps.map(([ok, bad]) => {
          requests += ok + bad;
          errors += bad;
          return { process: String(pod), requests, errors };
        });
      });
      const looks: Counters[] = [];
      const left = series.map((each) => [...each]);
      while (left.some((each) => each.length > 0)) {
        const next = left.filter((each) => each.length > 0);
        const chosen = next[gen(fc.nat, next.length - 1)]?.shift();
        if (chosen) looks.push(chosen);
      }
      const grown = (key: "requests" | "errors") =>
        series.reduce((sum, each) => sum + (each.at(-1)?.[key] ?? 0) - (each[0]?.[key] ?? 0), 0);
      expect(trafficOf(looks)).toEqual({ requests: grown("requests"), errors: grown("errors") });
    }),
  );
});
