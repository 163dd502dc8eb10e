"""What MiniStack's Scheduler does differently from AWS, mended.

It fires a one-time schedule once for each name. Here one whose time was moved, and one that was made anew with the name of
one that fired, fires at its own time. https://docs.aws.amazon.com/scheduler/latest/APIReference/API_UpdateSchedule.html

It looks every ten seconds for what is due. Here it does so each second.
"""


def install() -> None:
    from ministack.services import scheduler

    create = scheduler._create_schedule
    update = scheduler._update_schedule

    def forget_firing(name: str, body: dict) -> None:
        key = f"{body.get('GroupName', 'default')}/{name}"
        place = (scheduler.get_account_id(), scheduler.get_region(), key)
        scheduler._schedule_last_fired.pop(place, None)

    def expression(name: str, body: dict) -> str | None:
        found = scheduler._schedules.get(f"{body.get('GroupName', 'default')}/{name}")
        return found and found["ScheduleExpression"]

    def created(name, body):
        # What is there already is refused, and has fired or not as before.
        if expression(name, body) is None:
            forget_firing(name, body)
        return create(name, body)

    def updated(name, body):
        before = expression(name, body)
        answer = update(name, body)
        if expression(name, body) != before:
            forget_firing(name, body)
        return answer

    scheduler._create_schedule = created
    scheduler._update_schedule = updated
    scheduler._SCHEDULE_TICK_INTERVAL = 1
