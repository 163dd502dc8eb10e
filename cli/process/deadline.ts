import { interrupted } from "./interrupts";

/**
 * Does something that is to end at Ctrl-C, or after a while.
 *
 * Its own timer ends it: in Node 20 the garbage collector may take a signal of AbortSignal.timeout() that only
 * AbortSignal.any() refers to, and who is silent would be waited for without end.
 *
 * @param work - gets the signal, whose reason is a `TimeoutError` when the time is over.
 */
export async function within<T>(milliseconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController();
  const reason = new DOMException(`no answer within ${milliseconds / 1000} s`, "TimeoutError");
  const timer = setTimeout(() => over.abort(reason), milliseconds);
  const stop = () => over.abort(interrupted.reason);
  if (interrupted.aborted) stop();
  interrupted.addEventListener("abort", stop);
  try {
    return await work(over.signal);
  } finally {
    clearTimeout(timer);
    interrupted.removeEventListener("abort", stop);
  }
}
