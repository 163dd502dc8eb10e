import type { IncomingMessage } from "node:http";
import type { RequestHead } from "./exchange";

/** What is looked at of an answer. */
type Answer = Pick<IncomingMessage, "statusCode" | "headers">;

/** Largest body that is read for it, in bytes: such answers are short. */
const LARGEST = 4096;

/** moto's pages: for what it does not implement, for what makes it fail, and for a path that it does not know. */
const PAGE = /^text\/(?:html|plain)/;

/** How MiniStack words that it does not know a call. */
const UNKNOWN =
  /\b(?:Unknown (?:action|operation)|No route for|(?:Operation|Action) not (?:supported|implemented))\b/i;

/** Whether an answer may be an emulator's word that it lacks a call; only then its body has to be read. */
export function mayBeUnanswered(
  { target, scope }: RequestHead,
  { statusCode = 0, headers }: Answer,
): boolean {
  // What an API, or anybody's page, answers is its own.
  if (target !== undefined || !scope || ![400, 404, 405, 500, 501].includes(statusCode)) return false;
  return PAGE.test(headers["content-type"] ?? "") || Number(headers["content-length"] ?? 0) <= LARGEST;
}

/** Why a call is not answered, in the emulator's words; undefined for an answer that stands. */
export function reasonOf({ statusCode, headers }: Answer, body: string): string | undefined {
  const isPage = PAGE.test(headers["content-type"] ?? "") && (statusCode === 500 || statusCode === 404);
  // A 404 with no page of HTML is an answer: of a function, or of an object.
  if (isPage && (statusCode === 500 || /<!doctype html|<html/i.test(body))) return lastLine(body);
  return UNKNOWN.test(body) ? lastLine(body) : undefined;
}

/** The last line of a page, without its markup. */
function lastLine(page: string): string {
  const lines = page
    .replaceAll(/<[^>]+>/g, " ")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return lines.at(-1) ?? "no reason given";
}
