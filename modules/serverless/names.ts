import type { NameRule } from "../core/names";

/**
 * What Lambda allows in the name of a function.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
 */
export const FUNCTION_NAME: NameRule = {
  kind: "Lambda function name",
  minLength: 1,
  maxLength: 64,
  pattern: /^[A-Za-z0-9_-]+$/,
  allowed: "letters, digits, - and _",
  example: "groundplan-dev-api",
};
