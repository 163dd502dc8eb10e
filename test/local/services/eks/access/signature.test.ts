import { isSignedBy } from "../../../../../local/services/eks/access/signature";
import { type Presigned, presignedOf } from "../../../../../local/services/eks/access/token";

/** The key of AWS's documentation. */
const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/** What `aws eks get-token --cluster-name dev` printed for that key, and with the session token `a+b/c==`. */
const TOKENS = {
  user: "k8s-aws-v1.aHR0cDovLzEyNy4wLjAuMTo0NTY2Lz9BY3Rpb249R2V0Q2FsbGVySWRlbnRpdHkmVmVyc2lvbj0yMDExLTA2LTE1JlgtQW16LUFsZ29yaXRobT1BV1M0LUhNQUMtU0hBMjU2JlgtQW16LUNyZWRlbnRpYWw9QUtJQUlPU0ZPRE5ON0VYQU1QTEUlMkYyMDI2MTEyMSUyRnVzLWVhc3QtMSUyRnN0cyUyRmF3czRfcmVxdWVzdCZYLUFtei1EYXRlPTIwMjYxMTIxVDEwMDMzNVomWC1BbXotRXhwaXJlcz02MCZYLUFtei1TaWduZWRIZWFkZXJzPWhvc3QlM0J4LWs4cy1hd3MtaWQmWC1BbXotU2lnbmF0dXJlPTM5ZThjNzRmZGI2Mjc4YWQyYTE1ZDc4Y2RkODBmN2IwZmU2NjE3NDZlYWViODkwYTU2ZTc5ODUzNDdhZTNkZmM",
  session:
    "k8s-aws-v1.aHR0cDovLzEyNy4wLjAuMTo0NTY2Lz9BY3Rpb249R2V0Q2FsbGVySWRlbnRpdHkmVmVyc2lvbj0yMDExLTA2LTE1JlgtQW16LUFsZ29yaXRobT1BV1M0LUhNQUMtU0hBMjU2JlgtQW16LUNyZWRlbnRpYWw9QUtJQUlPU0ZPRE5ON0VYQU1QTEUlMkYyMDI2MTEyMSUyRnVzLWVhc3QtMSUyRnN0cyUyRmF3czRfcmVxdWVzdCZYLUFtei1EYXRlPTIwMjYxMTIxVDEwMDMzNlomWC1BbXotRXhwaXJlcz02MCZYLUFtei1TaWduZWRIZWFkZXJzPWhvc3QlM0J4LWs4cy1hd3MtaWQmWC1BbXotU2VjdXJpdHktVG9rZW49YSUyQmIlMkZjJTNEJTNEJlgtQW16LVNpZ25hdHVyZT02MzI0NTAzMzk3MDk5NjFiMjZlY2IzNWRmZjdiNTU1ZGM2NjEzN2I1Y2RmNmFhYTMzMzg1ZTE5NmU1ZGE2ZTE2",
};

function presigned(token: string): Presigned {
  return presignedOf(token, "127.0.0.1:4566", new Date("2026-11-21T10:04:00Z"));
}

test.each(Object.entries(TOKENS))("the AWS CLI's own token is known by its signature: %s", (_, token) => {
  expect(isSignedBy(presigned(token), SECRET, "dev")).toBe(true);
});

test("planted fault: another secret, another cluster, or a changed parameter is none", () => {
  const read = presigned(TOKENS.user);
  expect(isSignedBy(read, SECRET.toLowerCase(), "dev")).toBe(false);
  expect(isSignedBy(read, SECRET, "prod")).toBe(false);
  const url = new URL(read.url);
  url.searchParams.set("X-Amz-Expires", "900");
  expect(isSignedBy({ ...read, url }, SECRET, "dev")).toBe(false);
  expect(isSignedBy({ ...read, signature: "" }, SECRET, "dev")).toBe(false);
});
