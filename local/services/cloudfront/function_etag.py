"""The version of a function that was updated stands in a header that AWS spells `ETtag`; the clients look for that one.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdateFunction.html
"""


def install() -> None:
    from ministack.services import cloudfront

    update = cloudfront._cf_update_function

    def updated(name, headers, body):
        status, answered, text = update(name, headers, body)
        return status, ({**answered, "ETtag": answered["ETag"]} if "ETag" in answered else answered), text

    cloudfront._cf_update_function = updated
