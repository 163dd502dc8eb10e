data "aws_cloudfront_cache_policy" "off" {
  name = "Managed-CachingDisabled"
}

data "aws_cloudfront_origin_request_policy" "all" {
  name = "Managed-AllViewerExceptHostHeader"
}

data "aws_cloudfront_response_headers_policy" "safe" {
  name = "Managed-SecurityHeadersPolicy"
}

# The published IDs: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html

check "managed_policies" {
  assert {
    condition = [
      data.aws_cloudfront_cache_policy.off.id,
      data.aws_cloudfront_origin_request_policy.all.id,
      data.aws_cloudfront_response_headers_policy.safe.id,
      ] == [
      "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
      "b689b0a8-53d0-40ab-baf2-68738e2966ac",
      "67f7725c-6f97-4210-82d7-5512b31e9d03",
    ]
    error_message = "not the managed policies' published IDs"
  }
}

resource "aws_cloudfront_cache_policy" "pages" {
  name        = "pages"
  min_ttl     = 1
  default_ttl = 300 * var.rev
  max_ttl     = 3600
  parameters_in_cache_key_and_forwarded_to_origin {
    cookies_config { cookie_behavior = "none" }
    headers_config { header_behavior = "none" }
    query_strings_config { query_string_behavior = "none" }
  }
}

resource "aws_cloudfront_origin_request_policy" "pages" {
  name = "pages"
  cookies_config { cookie_behavior = "none" }
  headers_config { header_behavior = "none" }
  query_strings_config { query_string_behavior = var.rev == 1 ? "none" : "all" }
}

resource "aws_cloudfront_response_headers_policy" "pages" {
  name = "pages"
  security_headers_config {
    content_type_options { override = true }
    strict_transport_security {
      access_control_max_age_sec = 3600 * var.rev
      override                   = true
    }
  }
}

resource "aws_cloudfront_origin_access_identity" "old" {
  comment = "Reads the site bucket, revision ${var.rev}"
}

check "origin_access_identity" {
  assert {
    condition     = aws_cloudfront_origin_access_identity.old.iam_arn != "" && length(aws_cloudfront_origin_access_identity.old.s3_canonical_user_id) == 96
    error_message = "an identity without an ARN or a canonical user"
  }
}

resource "aws_cloudfront_function" "rewrite" {
  name    = "rewrite"
  runtime = "cloudfront-js-2.0"
  publish = true
  code    = "function handler(event) { return event.request; } // ${var.rev}"
}

resource "aws_cloudfront_origin_access_control" "main" {
  name                              = "bucket"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}
