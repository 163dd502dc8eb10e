import { isStateful } from "../../../../../cli/report/risks/stateful";
import { resource } from "../../runs";
import { create, findRisks, remove, update } from "../risk-fixtures";

describe("loss", () => {
  test("a deletion: of data high, of anything else medium", () => {
    expect(remove("aws_dynamodb_table")).toEqual(["high delete-stateful: deleted, with what it holds"]);
    expect(remove("aws_iam_role")).toEqual(["medium delete: deleted"]);
  });

  test.each([[["delete", "create"]], [["create", "delete"]]])(
    "%j is a replacement, with what forces it",
    (actions) => {
      const json = resource(
        "aws_rds_cluster.a",
        actions,
        {},
        {},
        { replace_paths: [["settings", 0, "name"]] },
      );
      expect(findRisks(json)).toEqual([
        "high replace-stateful: replaced, with what it holds, forced by settings[0].name",
      ]);
    },
  );

  test("a replacement that was asked for says so", () => {
    const json = resource(
      "aws_iam_role.a",
      ["delete", "create"],
      {},
      {},
      { action_reason: "replace_by_request" },
    );
    expect(findRisks(json)).toEqual(["medium replace: replaced: it was asked for with -replace"]);
  });

  test("what is forgotten is not deleted", () => {
    expect(findRisks(resource("aws_s3_bucket.a", ["forget"], {}, null))).toEqual([
      "medium forget: no longer managed by Terraform; the object itself stays",
    ]);
    expect(findRisks(resource("aws_s3_bucket.a", ["create", "forget"], {}, {}))).toEqual([
      "medium forget: no longer managed by Terraform; the object itself stays",
    ]);
  });

  test("a KMS key says after how many days", () => {
    expect(remove("aws_kms_key", { deletion_window_in_days: 7 })[0]).toMatch(
      /^high kms-key-deletion: .* after 7 days/,
    );
  });

  test("an update, a creation and a read lose nothing", () => {
    expect(update("aws_s3_bucket", { a: 1 }, { a: 2 })).toEqual([]);
    expect(create("aws_s3_bucket", { a: 1 })).toEqual([]);
    expect(findRisks(resource("data.aws_s3_bucket.a", ["read"], null, {}, { mode: "data" }))).toEqual([]);
  });

  test.each([
    ["aws_db_instance", true],
    ["aws_s3_bucket", true],
    ["aws_eks_cluster", true],
    ["aws_s3_bucket_policy", false],
    ["aws_db_subnet_group", false],
    ["xaws_s3_bucket", false],
  ])("%s holds data: %s", (type, expected) => {
    expect(isStateful(type)).toBe(expected);
  });
});
