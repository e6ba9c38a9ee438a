"""Today's plan as text: what `cnntutor` prints where there is no terminal."""

from __future__ import annotations

from datetime import datetime

from cnntutor.course.models import Course, problem_line
from cnntutor.plan import Plan, make_plan
from cnntutor.services import Services
from cnntutor.wording import distance, plural, sentence


def plan_lines(plan: Plan, course: Course, now: datetime) -> list[str]:
    """The plan in a few full sentences, and a line on the course if there are mistakes in it."""
    counts = plan.queue.counts
    lines = [f"Today: {counts.due} due, {counts.learning} learning, {counts.new} new."]
    if plan.minutes:
        lines.append(f"That takes about {plural(plan.minutes, 'minute')}: cnntutor review")
    elif plan.queue.next_due is not None:
        away = distance((plan.queue.next_due - now).total_seconds())
        lines.append(f"The next card is due in {away}.")
    if plan.offer is not None:
        pile, days = plural(plan.offer.backlog, "review"), plural(plan.offer.days, "day")
        lines.append(f"{pile} piled up: `catch up` in `cnntutor --plain` spreads them over {days}.")
    elif plan.queue.backlog:
        lines.append(f"{plural(plan.queue.backlog, 'more review')} held back until the days to come.")
    if plan.step is not None:
        title, slug = sentence(plan.step.topic.title), plan.step.topic.slug
        lines.append(f"Next step: {title} {plan.step.text}: cnntutor lesson {slug}")
    if plan.statistics.streak:
        lines.append(f"{plural(plan.statistics.streak, 'day')} in a row.")
    problems = problem_line(course)
    return [*lines, problems] if problems else lines


def print_plan(services: Services) -> None:
    """Print today's plan."""
    plan = make_plan(services.course, services.store)
    for line in plan_lines(plan, services.course, services.store.now()):
        print(line)
