"""The recognised rows of deals as records: the new ones stored, the others changed where they say something else."""

from crmcli.services.importing import custom, identity
from crmcli.services.importing.identity import DEAL
from crmcli.services.importing.revising import Revision, revise
from crmcli.services.importing.staging import Stage

_LASTING = ("name", "customer_id")
_PLAIN = ("source", "product", "note")


def write(stage: Stage) -> None:
    """Store what the rows say, and when the deals closed, as `import_outcome` has it."""
    _update(stage)
    _insert(stage)
    identity.write_keys(stage, DEAL)


def _insert(stage: Stage) -> None:
    work = stage.work
    work.bulk.insert(
        "deal",
        "id, uid, name, customer_id, amount, currency, close_on, owner_id, source, product, lost_reason, note, custom, "
        "created_at, closed_at, recorded_at",
        f"""
        select r.target, coalesce(r.uid, {work.uid("r.target - :last - 1")}), r.name, r.customer_id, r.amount,
            coalesce(r.currency, :currency), r.close, o.id, r.source, r.product, iif(x.is_lost, r.lost_reason, null), r.note,
            iif(r.custom is null, '{{}}', merged_custom('{{}}', r.custom)), coalesce(r.created, r.entered), x.closed_at, :now
        from import_deal r left join import_owner o on o.no = r.owner join import_outcome x on x.deal_id = r.target
        where r.is_new order by r.row
        """,
        last=work.bulk.last("deal"),
        currency=work.currency,
        now=work.recorded_at,
    )


def _update(stage: Stage) -> None:
    """Another closing of a deal counts as a change too, whichever file told it."""
    bulk = stage.work.bulk
    bulk.function("merged_custom", 2, custom.merged)
    said = {
        **{name: f"coalesce(r.{name}, d.{name})" for name in _LASTING},
        **{name: f"iif(x.has_terms, x.{name}, coalesce(r.{name}, d.{name}))" for name in ("amount", "currency")},
        **{name: stage.said(name, f"r.{name}", f"d.{name}") for name in _PLAIN},
        "lost_reason": f"iif(x.is_lost = 0, null, {stage.said('lost_reason', 'r.lost_reason', 'd.lost_reason')})",
        "close_on": "iif(x.has_terms, x.close_on, coalesce(r.close, d.close_on))",
        "owner_id": "iif(x.has_terms, x.owner_id, coalesce(o.id, d.owner_id))",
        "custom": "iif(r.custom is null, d.custom, merged_custom(d.custom, r.custom))",
        "created_at": "coalesce(r.created, d.created_at, r.entered)",
        "closed_at": "iif(x.deal_id is null, d.closed_at, x.closed_at)",
    }
    rows = """
        deal d left join import_deal r on r.target = d.id left join import_owner o on o.no = r.owner
        left join import_outcome x on x.deal_id = d.id
    """
    asked = "d.id in (select target from import_deal where not is_new union select deal_id from import_outcome)"
    bulk.run("create index temp.import_deal_target on import_deal (target)")
    told = "id in (select target from import_deal)"
    revise(stage.work, Revision("deal", "d", said, rows, asked), touched=told)
