"""`rekindle segments` and `rekindle plan` beside `rekindle features` on the same events, whole processes, in
the same run.

    python segments.py [--scale 1] [--folder DIR] [--rekindle ../.build/release/rekindle]
        [--work parquet,csv] [--repeats 1] [--threads N]

The events are those of events.py, contacts included (made where they are not in the folder). `features` are
the built-in set; `segments` is everything that the command computes, models of value included; `plan` asks the
playbook below under its guard-rails, and writes who is withheld too. Whole, they read the same files and write
a table in the format that they read. No churn model is given: with one, a plan builds the model's features
first, which is what it is measured against. The bar: neither takes longer, or more CPU time, than building the
features does.
"""

import argparse
import os
import subprocess
import sys

from features import DATE, HERE, median, run, show

PROJECT = """rekindle: 1
sources:
  events:
    file: events.{ending}
    kind:
      column: kind
      map: {{purchase: purchase, visit: visit, cart: cart, message: message, coupon: coupon, ticket: ticket,
             refund: refund}}
    customer: customer_id
    time: at
    value: value
    attributes:
      discount: {{column: discount, type: number}}
      category: category
      channel: channel
  contacts:
    file: contacts.{ending}
    kind:
      column: kind
      map: {{consent: consent, message: message, ticket_close: ticket_close, tier: tier}}
    customer: customer_id
    time: at
    attributes:
      channel: channel
      granted: {{column: granted, type: flag}}
      opened: {{column: opened, type: flag}}
      clicked: {{column: clicked, type: flag}}
      level: {{column: level, type: number}}
features:
  sets: [retail]
outreach:
  holdout: 5%
  channels:
    desk: {{consent: none, quiet: none}}
    app: {{cost: 0.001, quiet: "22:00-08:00"}}
    email: {{cost: 0.002, quiet: none}}
    sms: {{cost: 0.05}}
  actions:
    - id: call_after_ticket
      kind: service_call
      when: open_ticket_hours > 48
      channels: [desk]
      cost: 4
      capacity: 2000
      core: need
      reason: "a ticket has been open for {{open_ticket_hours}} hours"
    - id: not_due
      kind: nothing
      when: timing == "not_due_yet" and stage != "first_purchase"
    - id: second_order
      kind: content
      when: stage == "first_purchase" and days_since_last_order < 45
      channels: [app, email]
      core: experience
      reason: "one order so far, {{days_since_last_order}} days ago"
    - id: remind
      kind: recommendation
      when: overdue_ratio >= 1 and overdue_ratio < 2 and order_days_life >= 3
      channels: [app, email, sms]
      core: need
      reason: "usually orders every {{ipi_median}} days, last {{days_since_last_order}} days ago"
    - id: keep_spenders
      kind: survey
      when: cooling_count >= 2 and money_score >= 4 and expected_purchases > 0.2
      channels: [email]
      core: emotion
      reason: "{{cooling_count}} signs of cooling"
    - id: win_back
      kind: coupon
      when: (stage == "dormant" or stage == "lost") and grade != "micro"
      channels: [email, sms]
      offer: 10%
      cost: 3
      send: weekday_20
      core: value
      reason: "{{days_since_last_order}} days without an order"
  guards:
    frequency: {{max: 3, days: 7}}
    discount_depth: {{limits: {{0: 10%, 1: 15%, 2: 25%}}}}
    budget: {budget}
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--folder", default=os.path.join(HERE, ".data"))
    parser.add_argument("--rekindle", default=os.path.join(HERE, "../.build/release/rekindle"))
    parser.add_argument("--work", default="parquet,csv")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    a = parser.parse_args()
    folder = os.path.abspath(a.folder)
    if not os.path.exists(f"{folder}/contacts.csv"):
        subprocess.run([sys.executable, f"{HERE}/events.py", folder, str(a.scale)], check=True)
    bars = []
    for work in a.work.split(","):
        project = f"{folder}/shop-{work}.yaml"
        with open(project, "w") as file:
            file.write(PROJECT.format(ending=work, budget=100_000 * a.scale))
        print(f"{work}: every customer as of {DATE}", flush=True)
        figures = {}
        for name in ["features", "segments", "plan"]:
            command = [
                a.rekindle, name, "--project", project, "--as-of", DATE, "--threads", str(a.threads),
                "--output", f"{folder}/{name}-shop.{work}",
            ]
            if name == "plan":
                command += ["--withheld", f"{folder}/withheld-shop.{work}"]
            figures[name] = median(a.repeats, lambda: run(command))
            show(name, figures[name])
        for name in ["segments", "plan"]:
            ratio = figures[name] / figures["features"]
            bars.append(
                f"{work}: {name} takes {ratio[0]:.2f} x the wall time of features, {ratio[1]:.2f} x its CPU time "
                f"(bar 1 x), {100 * ratio[2]:.0f} % of its memory")
    print("\n".join(bars))


if __name__ == "__main__":
    main()
