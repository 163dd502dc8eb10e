import {
  DEFAULT_RUNTIME,
  RUNTIMES,
  runtimeFaults,
  runtimeWarning,
} from "../../../modules/serverless/runtimes";

test.each([
  DEFAULT_RUNTIME,
  "nodejs24.x",
  "python3.14",
  "provided.al2023",
  "java17.al2023",
  "nodejs99.x",
  "${var.runtime}",
])("%s passes", (runtime) => {
  expect(runtimeFaults(runtime)).toEqual([]);
});

test.each([
  ["nodejs16.x", "2024-06-12", '"nodejs24.x"'],
  ["nodejs20.x", "2026-04-30", '"nodejs24.x"'],
  ["python3.9", "2025-12-15", '"python3.14"'],
  ["dotnet8", "2026-11-10", '"dotnet10"'],
  ["ruby3.2", "2026-03-31", '"ruby4.0"'],
  ["go1.x", "2024-01-08", '"provided.al2023"'],
  ["provided.al2", "2026-07-31", '"provided.al2023"'],
])("planted fault: %s is deprecated since %s", (runtime, day, instead) => {
  const [fault] = runtimeFaults(runtime);
  expect(fault?.what).toContain(`deprecated since ${day}`);
  expect(fault?.instead).toContain(instead);
});

test("a warning begins 90 days before the end, and an unknown runtime is one", () => {
  const on = (day: string) => runtimeWarning("nodejs22.x", new Date(day));
  expect(on("2027-01-29")).toBeUndefined();
  expect(on("2027-01-30")).toContain("is deprecated on 2027-04-30");
  expect(on("2027-05-01")).toContain("was deprecated on 2027-04-30");
  expect(runtimeWarning("nodejs99.x", new Date("2026-11-30"))).toContain("none that this version knows");
  expect(runtimeWarning("${var.runtime}", new Date("2026-11-30"))).toBeUndefined();
});

test("every day is one", () => {
  for (const day of Object.values(RUNTIMES)) expect(new Date(day).toISOString().slice(0, 10)).toBe(day);
});
