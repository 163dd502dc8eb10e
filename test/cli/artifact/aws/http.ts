/** A request as a service sees it. */
export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** What a service answers. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer in JSON. */
export function json(content: object, status = 200): Answer {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(content) };
}

/** An error as the services with JSON tell it. */
export function failed(type: string, message: string, status = 400): Answer {
  const answer = json({ __type: type, message, Message: message }, status);
  return { ...answer, headers: { ...answer.headers, "x-amzn-errortype": type } };
}
