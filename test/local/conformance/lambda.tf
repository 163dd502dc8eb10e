locals {
  # A zip with index.py: handler = lambda event, context: event
  code = "UEsDBBQAAAAAAAAAIVz1rcowJwAAACcAAAAIAAAAaW5kZXgucHloYW5kbGVyID0gbGFtYmRhIGV2ZW50LCBjb250ZXh0OiBldmVudApQSwECFAMUAAAAAAAAACFc9a3KMCcAAAAnAAAACAAAAAAAAAAAAAAAgAEAAAAAaW5kZXgucHlQSwUGAAAAAAEAAQA2AAAATQAAAAAA"
}

resource "aws_iam_role" "function" {
  name               = "conformance-function"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}

resource "aws_s3_object" "code" {
  bucket         = aws_s3_bucket.main.id
  key            = "code.zip"
  content_base64 = local.code
}

resource "aws_lambda_function" "main" {
  function_name    = "greeter"
  role             = aws_iam_role.function.arn
  runtime          = "python3.12"
  handler          = "index.handler"
  s3_bucket        = aws_s3_object.code.bucket
  s3_key           = aws_s3_object.code.key
  source_code_hash = base64sha256(local.code)
  publish          = true
  memory_size      = 128 * var.rev
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.main.function_name
  function_version = aws_lambda_function.main.version
}

# The same statement ID, once for the version and once for the alias: two policies.
resource "aws_lambda_permission" "version" {
  statement_id  = "topic"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.main.function_name
  qualifier     = aws_lambda_function.main.version
  principal     = "sns.amazonaws.com"
}

resource "aws_lambda_permission" "alias" {
  statement_id  = "topic"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.main.function_name
  qualifier     = aws_lambda_alias.live.name
  principal     = "sns.amazonaws.com"
}

resource "aws_lambda_event_source_mapping" "queue" {
  event_source_arn = aws_sqs_queue.main.arn
  function_name    = aws_lambda_alias.live.arn
  batch_size       = 5 * var.rev
}
