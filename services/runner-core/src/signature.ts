import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * Whether GitHub has signed a webhook: HMAC-SHA-256 of its bytes, compared in a time that does not tell where they
 * differ.
 *
 * @param signature - the header `x-hub-signature-256`: `sha256=` and 64 hexadecimal digits.
 * @see https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 */
export function isSigned(body: Buffer, signature: string | undefined, secret: string): boolean {
  const [, digits] = /^sha256=([0-9a-f]{64})$/.exec(signature ?? "") ?? [];
  // An empty secret would be everybody's.
  if (digits === undefined || secret === "") return false;
  return timingSafeEqual(createHmac("sha256", secret).update(body).digest(), Buffer.from(digits, "hex"));
}
