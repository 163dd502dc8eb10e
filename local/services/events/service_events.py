"""EventBridge takes events whose source begins with `aws.` from the services of AWS alone: here, from those of the gateway.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
"""


def install() -> None:
    from engines.ministack import access
    from ministack.services import eventbridge

    put = eventbridge._put_events

    def put_events(data, allow_aws_source=False):
        return put(data, allow_aws_source or access.is_of_service())

    eventbridge._put_events = put_events
