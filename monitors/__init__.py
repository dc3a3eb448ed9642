"""The room that judges: nouns, register, ledger, trust, activity, names, rules, calendar, cases."""
