resource "aws_cloudwatch_log_group" "notes" {
  name = "/notes/app"
}

resource "aws_cloudwatch_query_definition" "errors" {
  name            = "notes/errors"
  log_group_names = [aws_cloudwatch_log_group.notes.name]
  query_string    = "fields @timestamp | limit ${20 * var.rev}"
}

resource "aws_cloudwatch_log_data_protection_policy" "mail" {
  log_group_name = aws_cloudwatch_log_group.notes.name
  policy_document = jsonencode({
    Name    = var.rev == 1 ? "mail" : "letters"
    Version = "2021-06-01"
    Statement = [
      { Sid = "Audit", DataIdentifier = ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"], Operation = { Audit = { FindingsDestination = {} } } },
      { Sid = "Mask", DataIdentifier = ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"], Operation = { Deidentify = { MaskConfig = {} } } },
    ]
  })
}

resource "aws_cloudwatch_log_anomaly_detector" "odd" {
  detector_name        = "odd"
  enabled              = true
  log_group_arn_list   = [aws_cloudwatch_log_group.notes.arn]
  evaluation_frequency = var.rev == 1 ? "TEN_MIN" : "ONE_HOUR"
}
