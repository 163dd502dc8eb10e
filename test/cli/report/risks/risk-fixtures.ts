import type { Json } from "../../../../cli/input/json";
import type { ResourceChangeJson } from "../../../../cli/plan/plan-json";
import { changeOf } from "../../../../cli/report/change";
import { risksOf } from "../../../../cli/report/risks/rules";
import { ALONE } from "../../../../cli/report/risks/surroundings";
import { resource } from "../runs";

/** The account of the plans. */
export const OWN = "123456789012";

/** What the rules find in a resource's change, with level and message. */
export function findRisks(json: ResourceChangeJson, account?: string): readonly string[] {
  const change = changeOf(json, (text) => text);
  const around = { ...ALONE, account };
  return change
    ? risksOf(change, json, around).map(({ rule, level, message }) => `${level} ${rule}: ${message}`)
    : [];
}

/** What is found in an update. */
export const update = (type: string, before: Json, after: Json, some: object = {}) =>
  findRisks(resource(`${type}.a`, ["update"], before, after, some), OWN);

/** What is found in a creation. */
export const create = (type: string, after: Json, some: object = {}) =>
  findRisks(resource(`${type}.a`, ["create"], null, after, some), OWN);

/** What is found in a deletion. */
export const remove = (type: string, before: Json = {}) =>
  findRisks(resource(`${type}.a`, ["delete"], before, null), OWN);

/** A policy document. */
export const policy = (...statements: object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

/** A statement that allows. */
export const allow = (
  Action: string | string[],
  Resource: string | string[] = "arn:aws:s3:::a/*",
  some: object = {},
) => ({ Effect: "Allow", Action, Resource, ...some });
