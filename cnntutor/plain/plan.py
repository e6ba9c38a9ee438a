"""Today's plan as text: what `cnntutor` prints where there is no terminal."""

from __future__ import annotations

from datetime import datetime

from cnntutor.plan import Plan, make_plan
from cnntutor.services import Services
from cnntutor.wording import distance, plural


def plan_lines(plan: Plan, now: datetime) -> list[str]:
    """The plan in a few full sentences."""
    counts = plan.queue.counts
    lines = [f"Today: {counts.due} due, {counts.learning} learning, {counts.new} new."]
    if plan.minutes:
        lines.append(f"That takes about {plural(plan.minutes, 'minute')}: cnntutor review")
    elif plan.queue.next_due is not None:
        away = distance((plan.queue.next_due - now).total_seconds())
        lines.append(f"The next card is due in {away}.")
    if plan.offer is not None:
        lines.append(f"{plan.offer.backlog} reviews piled up; catching up can spread them over {plan.offer.days} days.")
    elif plan.queue.backlog:
        lines.append(f"{plural(plan.queue.backlog, 'more review')} held back until the days to come.")
    if plan.step is not None:
        lines.append(f"Next step: {plan.step.topic.title}. {plan.step.text}: cnntutor lesson {plan.step.topic.slug}")
    if plan.statistics.streak:
        lines.append(f"{plural(plan.statistics.streak, 'day')} in a row.")
    return lines


def print_plan(services: Services) -> None:
    """Print today's plan."""
    for line in plan_lines(make_plan(services.course, services.store), services.store.now()):
        print(line)
