resource "aws_s3_bucket" "main" {
  bucket        = "conformance"
  force_destroy = true
}

resource "aws_s3_bucket_inventory" "daily" {
  bucket                   = aws_s3_bucket.main.id
  name                     = "daily"
  included_object_versions = "Current"
  schedule {
    frequency = var.rev == 1 ? "Daily" : "Weekly"
  }
  destination {
    bucket {
      format     = "CSV"
      bucket_arn = aws_s3_bucket.main.arn
      prefix     = "lists"
    }
  }
}

resource "aws_s3_bucket_request_payment_configuration" "main" {
  bucket = aws_s3_bucket.main.id
  payer  = var.rev == 1 ? "BucketOwner" : "Requester"
}

resource "aws_s3_bucket_intelligent_tiering_configuration" "main" {
  bucket = aws_s3_bucket.main.id
  name   = "general"
  tiering {
    access_tier = "ARCHIVE_ACCESS"
    days        = 180 * var.rev
  }
}

resource "aws_s3_bucket_analytics_configuration" "main" {
  bucket = aws_s3_bucket.main.id
  name   = "all"
  filter {
    prefix = "raw/${var.rev}"
  }
}

resource "aws_s3_bucket_metric" "main" {
  bucket = aws_s3_bucket.main.id
  name   = "raw"
  filter {
    prefix = "raw/"
  }
}

resource "aws_s3_bucket" "sealed" {
  bucket = "conformance-sealed"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "sealed" {
  bucket = aws_s3_bucket.sealed.id
  rule {
    apply_server_side_encryption_by_default { sse_algorithm = "aws:kms" }
  }
}

# Without a key: that of AWS.
resource "aws_s3_object" "sealed" {
  bucket                 = aws_s3_bucket_server_side_encryption_configuration.sealed.bucket
  key                    = "note.txt"
  content                = "revision ${var.rev}"
  server_side_encryption = "aws:kms"
}
data "aws_caller_identity" "me" {}

resource "aws_s3_account_public_access_block" "all" {
  account_id          = data.aws_caller_identity.me.account_id
  block_public_acls   = true
  block_public_policy = var.rev == 1
}
