import { Construct } from "constructs";
import { type PolicyStatement, SynthError } from "../core";
import { arnFaults, type Objects, STATEMENTS } from "./grants";

/**
 * What code runs as: a function, the tasks of a service, or the pods of a service account. All of them are granted rights
 * in AWS by the same words: a name for the grant, which is unique within the role, and ARNs.
 */
export abstract class Grantable extends Construct {
  /** Gives the role statements. @param name - of the grant within the role, e.g. `read-secret-db`. */
  protected abstract addGrant(name: string, statements: readonly PolicyStatement[]): void;

  /** Lets the code read SSM parameters. @param id - names the grant within the role. */
  grantReadParameters(id: string, ...parameterArns: readonly string[]): void {
    this.grant(`read-parameters-${id}`, parameterArns, STATEMENTS.readParameters(parameterArns));
  }

  /** Lets the code read a secret. @param id - names the grant within the role. */
  grantReadSecret(id: string, secretArn: string): void {
    this.grant(`read-secret-${id}`, [secretArn], STATEMENTS.readSecret(secretArn));
  }

  /** Lets the code read and list objects of a bucket. @param id - names the grant within the role. */
  grantReadObjects(id: string, objects: Objects): void {
    this.grant(`read-objects-${id}`, [objects.bucketArn], STATEMENTS.readObjects(objects));
  }

  /** Lets the code write and delete objects of a bucket, and not read them. @param id - names the grant within the role. */
  grantWriteObjects(id: string, objects: Objects): void {
    this.grant(`write-objects-${id}`, [objects.bucketArn], STATEMENTS.writeObjects(objects));
  }

  /** Lets the code send to a queue. @param id - names the grant within the role. */
  grantSend(id: string, queueArn: string): void {
    this.grant(`send-${id}`, [queueArn], STATEMENTS.send(queueArn));
  }

  /** Lets the code receive from a queue. @param id - names the grant within the role. */
  grantReceive(id: string, queueArn: string): void {
    this.grant(`receive-${id}`, [queueArn], STATEMENTS.receive(queueArn));
  }

  /** Lets the code pull images of its own account. @param id - names the grant within the role. */
  grantPull(id: string, ...repositoryArns: readonly string[]): void {
    this.grant(`pull-${id}`, repositoryArns, STATEMENTS.pull(repositoryArns));
  }

  /** Lets the code decrypt what a KMS key has encrypted, e.g. a secret of its own key. @param id - names the grant within the role. */
  grantDecrypt(id: string, keyArn: string): void {
    this.grant(`decrypt-${id}`, [keyArn], STATEMENTS.decrypt(keyArn));
  }

  private grant(name: string, arns: readonly string[], statements: readonly PolicyStatement[]): void {
    const faults = arnFaults(arns);
    if (faults.length > 0) throw new SynthError(this, faults);
    this.addGrant(name, statements);
  }
}

/** The statements of a grant with ids, in which IAM takes letters and digits only: `ReadSecretDb` of `read-secret-db`. */
export function namedStatements(
  name: string,
  statements: readonly PolicyStatement[],
): readonly PolicyStatement[] {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const id = words.map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`).join("");
  return statements.map((statement, index) => ({
    Sid: index === 0 ? id : `${id}${index + 1}`,
    ...statement,
  }));
}
