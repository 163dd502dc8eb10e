"""What MiniStack's CloudWatch Logs does differently from AWS, mended.

What functions and other services write has no eventId, which whoever follows a log tells events apart by. Here each has one.
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilteredLogEvent.html
"""


def install() -> None:
    from ministack.core.responses import new_uuid
    from ministack.services import cloudwatch_logs

    append = cloudwatch_logs._append_log_events
    cloudwatch_logs._append_log_events = lambda stream, events: append(
        stream, [event if event.get("eventId") else {**event, "eventId": new_uuid()} for event in events]
    )
