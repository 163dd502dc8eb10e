import { acm } from "./acm";
import { apigateway } from "./apigateway";
import { applicationAutoscaling } from "./application-autoscaling";
import { autoscaling } from "./autoscaling";
import { cloudfront } from "./cloudfront";
import { dynamodb } from "./dynamodb";
import { ec2 } from "./ec2";
import { ecr } from "./ecr";
import { ecrPublic } from "./ecr-public";
import { ecs } from "./ecs";
import { eks } from "./eks";
import { elasticache } from "./elasticache";
import { elasticfilesystem } from "./elasticfilesystem";
import { elasticloadbalancing } from "./elasticloadbalancing";
import { events } from "./events";
import { executeApi } from "./execute-api";
import { iam } from "./iam";
import { kinesis } from "./kinesis";
import { kms } from "./kms";
import { lambda } from "./lambda";
import { logs } from "./logs";
import { monitoring } from "./monitoring";
import { rds } from "./rds";
import { route53 } from "./route53";
import { s3 } from "./s3";
import { s3express } from "./s3express";
import { scheduler } from "./scheduler";
import { secretsmanager } from "./secretsmanager";
import type { Service } from "./service";
import { servicequotas } from "./servicequotas";
import { sns } from "./sns";
import { sqs } from "./sqs";
import { ssm } from "./ssm";
import { states } from "./states";
import { sts } from "./sts";

/**
 * The AWS services that are known here, each with a folder of its own beside this file. Whatever is not named goes to
 * moto as it is.
 *
 * Which emulator answers was decided by running real configurations with the real AWS provider against both: apply,
 * second plan, destroy.
 */
export const SERVICES: readonly Service[] = [
  s3,
  s3express,
  dynamodb,
  kinesis,
  sts,
  kms,
  lambda,
  apigateway,
  executeApi,
  logs,
  sqs,
  sns,
  events,
  scheduler,
  secretsmanager,
  ec2,
  iam,
  ecr,
  ecrPublic,
  ecs,
  eks,
  ssm,
  monitoring,
  elasticloadbalancing,
  autoscaling,
  applicationAutoscaling,
  rds,
  route53,
  acm,
  cloudfront,
  states,
  elasticache,
  elasticfilesystem,
  servicequotas,
];
