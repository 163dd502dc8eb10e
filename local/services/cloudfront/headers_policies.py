"""A response headers policy has those lists of headers that it was given; MiniStack answers empty ones too.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ResponseHeadersPolicyConfig.html
"""

LISTS = ("CustomHeadersConfig", "RemoveHeadersConfig")


def install() -> None:
    from ministack.services import cloudfront

    build = cloudfront._build_rhp_config_xml

    def without_empty(parent, config):
        build(parent, config)
        for name in LISTS:
            found = parent.find(name)
            if found is not None and found.findtext("Quantity") == "0":
                parent.remove(found)

    cloudfront._build_rhp_config_xml = without_empty
    # Those that are AWS's and anybody's are built by the spec, which holds the function itself.
    for key, value in list(cloudfront._RHP_SPEC.items()):
        if value is build:
            cloudfront._RHP_SPEC[key] = without_empty
