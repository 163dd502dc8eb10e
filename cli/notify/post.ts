import { setTimeout as sleep } from "node:timers/promises";
import { CliError, Interrupted } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { TextMask } from "../input/text-mask";
import { within } from "../process/deadline";
import { interrupted } from "../process/interrupts";

/** Properties of {@link post}. */
export interface PostProps {
  /** Who gets it, for messages: `Slack`. */
  readonly to: string;

  /** Where: it may be a secret as a whole, and only its host is ever shown. */
  readonly url: URL;
  readonly body: object;

  /** What is never shown beside the URL. */
  readonly secrets: readonly string[];

  /** What to do when it is refused. */
  readonly advice: (status: number) => string;
  readonly onProgress?: (line: string) => void;

  /** Milliseconds before the second try; each later one waits twice as long. @default 1000 */
  readonly pause?: number;
}

/** Tries in all. */
const TRIES = 6;

/** Longest wait that is taken when it asks for one, in milliseconds. */
const LONGEST_WAIT = 120_000;

const TIMEOUT = 15_000;

/**
 * Sends JSON, until it is taken: again after 429, waiting as long as the answer says, after an answer of 5xx, and when there
 * was none. Who says no otherwise is not asked again.
 *
 * @returns the answer, and the tries.
 */
export async function post(props: PostProps): Promise<{ readonly answer: string; readonly tries: number }> {
  const { to, url, secrets, onProgress } = props;
  const mask = new TextMask().addTexts([...secrets, url.href, url.pathname + url.search]);
  for (let tries = 1; ; tries += 1) {
    const answer = await once(props);
    if (interrupted.aborted) throw new Interrupted("nothing more was sent");
    if (answer.status !== undefined && answer.status < 300) return { answer: answer.text, tries };
    const why = mask
      .scrub(
        answer.status === undefined
          ? `there is no answer: ${answer.text}`
          : `it answers ${answer.status}: ${answer.text}`,
      )
      .slice(0, 500);
    const passing = answer.status === undefined || answer.status === 429 || answer.status >= 500;
    const wait = answer.wait ?? (props.pause ?? 1000) * 2 ** (tries - 1) * (0.75 + Math.random() / 2);
    if (!passing || tries >= TRIES || wait > LONGEST_WAIT) {
      throw new CliError(
        answer.status === undefined ? EXIT.MISSING : EXIT.FAILED,
        `${to} did not take the message: ${why.trimEnd()}`,
        `at ${url.protocol}//${url.host}, try ${tries} of ${TRIES}`,
        answer.status === undefined ? "look at the network" : props.advice(answer.status),
      );
    }
    onProgress?.(`${to}: ${why.split("\n")[0]}; trying again in ${(wait / 1000).toFixed(1)} s`);
    await sleep(wait, undefined, { signal: interrupted }).catch(() => undefined);
  }
}

interface Answer {
  /** Undefined when there was no answer. */
  readonly status: number | undefined;
  readonly text: string;

  /** Milliseconds that it asks to wait. */
  readonly wait?: number | undefined;
}

async function once({ url, body }: PostProps): Promise<Answer> {
  try {
    return await within(TIMEOUT, async (signal) => {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json; charset=utf-8", "user-agent": "groundplan" },
        body: JSON.stringify(body),
        signal,
        // Where it is led to is none of those who may know the secret.
        redirect: "manual",
      });
      const wait = waitOf(response.headers.get("retry-after"));
      return { status: response.status, text: (await response.text()).slice(0, 2000), wait };
    });
  } catch (error) {
    const { message, cause } = error as Error & {
      readonly cause?: { readonly message?: string; readonly code?: string };
    };
    return { status: undefined, text: cause?.code ?? cause?.message ?? message };
  }
}

/** Milliseconds of `Retry-After`: seconds, or a date. */
function waitOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,7}$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
