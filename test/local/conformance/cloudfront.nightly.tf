resource "aws_cloudfront_distribution" "group" {
  enabled = var.rev == 1

  dynamic "origin" {
    for_each = ["first", "second"]
    content {
      origin_id   = origin.value
      domain_name = "${origin.value}.example.net"
      custom_origin_config {
        http_port              = 80
        https_port             = 443
        origin_protocol_policy = "https-only"
        origin_ssl_protocols   = ["TLSv1.2"]
      }
    }
  }
  origin_group {
    origin_id = "either"
    failover_criteria {
      status_codes = [500, 502]
    }
    member { origin_id = "first" }
    member { origin_id = "second" }
  }
  default_cache_behavior {
    target_origin_id       = "either"
    viewer_protocol_policy = "https-only"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    forwarded_values {
      query_string = false
      cookies { forward = "none" }
    }
  }
  restrictions {
    geo_restriction { restriction_type = "none" }
  }
  viewer_certificate { cloudfront_default_certificate = true }
}

resource "aws_cloudfront_monitoring_subscription" "group" {
  distribution_id = aws_cloudfront_distribution.group.id
  monitoring_subscription {
    realtime_metrics_subscription_config {
      realtime_metrics_subscription_status = "Enabled"
    }
  }
}

resource "aws_cloudfront_distribution" "bucket" {
  enabled      = var.rev == 1
  http_version = "http2and3"

  origin {
    origin_id                = "one"
    domain_name              = "bucket-of-d.s3.us-east-1.amazonaws.com"
    origin_access_control_id = aws_cloudfront_origin_access_control.main.id
    origin_shield {
      enabled              = true
      origin_shield_region = "us-east-1"
    }
  }
  default_cache_behavior {
    target_origin_id       = "one"
    viewer_protocol_policy = "https-only"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = aws_cloudfront_cache_policy.pages.id
    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.rewrite.arn
    }
  }
  custom_error_response {
    error_code            = 404
    response_code         = 404
    response_page_path    = "/404.html"
    error_caching_min_ttl = 60
  }
  restrictions {
    geo_restriction {
      restriction_type = "whitelist"
      locations        = ["ES", "FR", "US"]
    }
  }
  viewer_certificate { cloudfront_default_certificate = true }
}
