-- Without a category of its own an open stage is `pipeline`, a won one `closed`, a lost one `omitted`.
alter table stage add column forecast_category text
    check (forecast_category in ('omitted', 'pipeline', 'best_case', 'most_likely', 'commit', 'closed'));
