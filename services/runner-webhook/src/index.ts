import { type HttpEvent, type HttpResponse, receiveBy } from "../../runner-core/src/webhook";
import { webhookContext } from "../../runner-core/src/webhook-context";

const context = webhookContext(process.env);

/** Answers a webhook of GitHub; behind an HTTP API. */
export function handler(event: HttpEvent): Promise<HttpResponse> {
  return receiveBy(event, context.secret, context);
}
