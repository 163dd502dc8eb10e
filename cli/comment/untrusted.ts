import { statSync } from "node:fs";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { page } from "../console/pages";
import { type GitHub, onGitHub } from "../github/client";
import type { RunEvent } from "../github/event";
import { InputError } from "../input/file";
import { readJson } from "../input/json";
import { schemaCheck } from "../input/schema";
import type { Report } from "../report/model";
import { REPORT_SCHEMA } from "./schema";

/** Largest report that is read, in bytes: 20 MB. */
export const LARGEST_REPORT = 20_000_000;

/**
 * Reads a report that a fork's run has uploaded: anybody can write anything into it.
 *
 * Its size and its shape are checked, and what is shown of it is text like all names and values. The text
 * itself is not believed: the comment says where it is from.
 *
 * @param app - the only app that it may be of.
 */
export function readUntrusted(file: string, app: string): Report {
  const report = parse(file);
  try {
    checkReport(report);
  } catch (error) {
    throw error instanceof InputError ? refused(file, error.message) : error;
  }
  const known = report as Report;
  if (known.app === app) return known;
  // A name that the fork chooses would make a new comment in each of its runs.
  throw refused(
    file,
    `it is of the app ${JSON.stringify(known.app.slice(0, 200))}, and not of ${JSON.stringify(app)} (--app)`,
  );
}

const checkReport = schemaCheck<Report>(REPORT_SCHEMA, "is not what groundplan writes there");

/** Whether something has the shape of a report, with nothing but our own words where we write them. */
export function isReport(value: unknown): value is Report {
  try {
    checkReport(value);
    return true;
  } catch {
    return false;
  }
}

function parse(file: string): unknown {
  const found = statSync(file, { throwIfNoEntry: false });
  // Nobody has written it: that is a fault of the call, and no fork's.
  if (!found?.isFile()) {
    throw new CliError(
      EXIT.USAGE,
      found ? `${file} is not a file` : `there is no file ${file}`,
      "download the report that the fork's run has uploaded, and name it with --fork-report",
    );
  }
  try {
    return readJson(file, { bytes: LARGEST_REPORT });
  } catch (error) {
    throw error instanceof InputError ? refused(file, error.message) : error;
  }
}

/**
 * The pull request that a fork's report is of. The number in the report counts only when GitHub says that the
 * run's commit is that pull request's newest, and from the run's repository.
 */
export async function pullOf(github: GitHub, report: Report, event: RunEvent | undefined): Promise<number> {
  const { pull } = report;
  if (event?.name !== "workflow_run" || !event.head || !event.from) {
    throw new CliError(
      EXIT.USAGE,
      "a fork's report is taken in a workflow_run only",
      `see ${page("report")}`,
    );
  }
  if (pull === undefined) {
    throw refused("the report", "it does not say of which pull request it is");
  }
  const { client, owner, repo } = github;
  const { data } = await onGitHub(`pull request ${pull}`, () =>
    client.request("GET /repos/{owner}/{repo}/pulls/{pull_number}", { owner, repo, pull_number: pull }),
  );
  if (data.head.repo?.full_name !== event.from) {
    throw refused("the report", `pull request ${pull} is not from ${event.from}`);
  }
  if (report.commit !== event.head)
    throw refused("the report", `it is not of the run's commit ${event.head}`);
  // That it has been overtaken by a newer commit is no fault, and found when the comment is written.
  return pull;
}

function refused(file: string, why: string): CliError {
  return new CliError(EXIT.FAILED, `${file} is refused`, why, "it was written by a run of a fork");
}
