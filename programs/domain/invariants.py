# ruff: noqa: S608 - statements are put together from this module alone; values are parameters
"""What must always be true of the ledger, as SQL: each statement finds the rows for which it is not.

Every statement names the business itself (`%(tenant)s`), in front of the wall, and returns a `row` and figures.
"""

FIGURES = """
SELECT (SELECT count(*) FROM programs_account WHERE tenant_id = %(tenant)s) AS accounts,
 (SELECT count(*) FROM programs_lot WHERE tenant_id = %(tenant)s) AS lots,
 (SELECT count(*) FROM programs_redemption WHERE tenant_id = %(tenant)s) AS redemptions,
 (SELECT count(*) FROM programs_gesture WHERE tenant_id = %(tenant)s) AS gestures,
 (SELECT sum(balance) FROM programs_account WHERE tenant_id = %(tenant)s) AS balance,
 (SELECT sum(pending) FROM programs_account WHERE tenant_id = %(tenant)s) AS pending,
 (SELECT sum(owed) FROM programs_account WHERE tenant_id = %(tenant)s) AS owed, e.*
FROM (SELECT count(*) AS entries,
  sum(amount + pending_amount) FILTER (WHERE kind = 'accrue') AS earned,
  -sum(amount) FILTER (WHERE kind = 'redeem') AS redeemed,
  sum(amount) FILTER (WHERE kind = 'restore') AS given_back,
  -sum(amount) FILTER (WHERE kind = 'expire') AS expired,
  -sum(amount + pending_amount) FILTER (WHERE kind = 'reverse') AS taken_back,
  sum(amount) FILTER (WHERE kind = 'adjust') AS adjusted
 FROM programs_entry WHERE tenant_id = %(tenant)s) e"""

# As programs.domain.entries.EARNED.
_EARNED = (
    "('purchase', 'return', 'joining', 'opening', 'referral', 'advocacy', 'event', 'poll', 'stamped', 'unstamped',"
    " 'stamp', 'credited', 'uncredited')"
)
_OF_ENTRIES = f"""
SELECT account_id, count(*) AS entries, max(seq) AS seq, sum(amount) AS amount, sum(pending_amount) AS pending,
 coalesce(sum(amount + pending_amount) FILTER (
  WHERE kind IN ('accrue', 'reverse') AND cause IN {_EARNED}), 0)
 + coalesce(sum((snapshot ->> 'lifetime')::bigint) FILTER (WHERE kind = 'transfer'), 0) AS lifetime,
 (array_agg(hash ORDER BY seq DESC))[1] AS head
FROM programs_entry WHERE tenant_id = %(tenant)s GROUP BY account_id"""

_STEPS = """
SELECT id, account_id, seq, kind, cause, amount, pending_amount, balance_after, pending_after, owed_after,
 balance_after - lag(balance_after, 1, 0::bigint) OVER chain AS balance_change,
 pending_after - lag(pending_after, 1, 0::bigint) OVER chain AS pending_change,
 owed_after - lag(owed_after, 1, 0::bigint) OVER chain AS owed_change,
 seq - lag(seq, 1, 0::bigint) OVER chain AS step
FROM programs_entry WHERE tenant_id = %(tenant)s WINDOW chain AS (PARTITION BY account_id ORDER BY seq)"""

_USES = """
SELECT lot_id, sum(amount) AS used FROM programs_lotuse WHERE tenant_id = %(tenant)s GROUP BY lot_id"""

INVARIANTS: dict[str, str] = {
    "an account is the sum of its entries": f"""
        SELECT a.id AS row, a.balance, a.owed, a.pending, a.lifetime, e.amount AS entries_amount,
         e.pending AS entries_pending, e.lifetime AS entries_lifetime
        FROM programs_account a LEFT JOIN ({_OF_ENTRIES}) e ON e.account_id = a.id
        WHERE a.tenant_id = %(tenant)s AND (a.balance - a.owed, a.pending, a.lifetime)
         IS DISTINCT FROM (coalesce(e.amount, 0), coalesce(e.pending, 0), coalesce(e.lifetime, 0))""",
    "an account stands at its last entry": f"""
        SELECT a.id AS row, a.version, a.head, e.entries, e.seq
        FROM programs_account a LEFT JOIN ({_OF_ENTRIES}) e ON e.account_id = a.id
        WHERE a.tenant_id = %(tenant)s AND (a.version, a.version, a.head)
         IS DISTINCT FROM (coalesce(e.entries, 0), coalesce(e.seq, 0), coalesce(e.head, ''))""",
    "an account holds what its lots hold": """
        SELECT a.id AS row, a.balance, a.pending, l.available, l.pending AS lots_pending
        FROM programs_account a LEFT JOIN (
         SELECT account_id, coalesce(sum(remaining) FILTER (WHERE NOT is_pending), 0) AS available,
          coalesce(sum(remaining) FILTER (WHERE is_pending), 0) AS pending
         FROM programs_lot WHERE tenant_id = %(tenant)s GROUP BY account_id) l ON l.account_id = a.id
        WHERE a.tenant_id = %(tenant)s
         AND (a.balance, a.pending) IS DISTINCT FROM (coalesce(l.available, 0), coalesce(l.pending, 0))""",
    "nobody is below zero, nor owes while holding points": """
        SELECT id AS row, balance, pending, owed, lifetime FROM programs_account WHERE tenant_id = %(tenant)s
         AND (balance < 0 OR pending < 0 OR owed < 0 OR lifetime < 0 OR (owed > 0 AND balance > 0))""",
    "only a return makes anybody owe, a transfer passes it on, and an opening brings it along": f"""
        SELECT id AS row, account_id, kind, cause, owed_change FROM ({_STEPS}) s
        WHERE owed_change > 0 AND kind NOT IN ('reverse', 'transfer') AND (kind, cause) <> ('adjust', 'opening')""",
    "merging adds nothing and loses nothing": """
        SELECT cause_id AS row, sum(amount) AS amount, sum(pending_amount) AS pending
        FROM programs_entry WHERE tenant_id = %(tenant)s AND kind = 'transfer' AND cause = 'merge'
        GROUP BY cause_id HAVING sum(amount + pending_amount) <> 0""",
    "giving points adds nothing and loses nothing": """
        SELECT cause_id AS row, sum(amount) AS amount, sum(pending_amount) AS pending
        FROM programs_entry WHERE tenant_id = %(tenant)s AND kind = 'transfer' AND cause IN ('transfer', 'family')
        GROUP BY cause_id HAVING sum(amount + pending_amount) <> 0""",
    "a surprise gives what its draw won, and takes back what it says": """
        SELECT d.id AS row, d.points, d.taken_back_at, e.kind, e.amount, b.amount AS back
        FROM programs_surprisedraw d
        LEFT JOIN programs_entry e ON e.tenant_id = d.tenant_id AND e.id = d.entry_id
        LEFT JOIN programs_entry b ON b.tenant_id = d.tenant_id AND b.reverses_id = d.entry_id AND b.kind = 'reverse'
        WHERE d.tenant_id = %(tenant)s AND d.entry_id IS NOT NULL AND ((e.kind, e.cause, e.cause_id, e.amount)
         IS DISTINCT FROM ('adjust', 'surprise', d.id, d.points::bigint)
         OR coalesce(-b.amount, 0) <> CASE WHEN d.taken_back_at IS NULL THEN 0 ELSE d.points END)""",
    "a surprise is drawn as its seed says": """
        SELECT d.id AS row, d.roll, x.roll AS computed FROM programs_surprisedraw d
        JOIN programs_surprise s ON s.tenant_id = d.tenant_id AND s.id = d.surprise_id CROSS JOIN LATERAL (
         SELECT ('x0' || left(encode(sha256((s.seed || ':' || CASE WHEN d.place = 0 THEN d.purchase_id::text
           ELSE to_char(d.day, 'YYYY-MM-DD') || ':' || d.place END)::bytea), 'hex'), 15))::bit(64)::bigint
          %% d.among AS roll) x
        WHERE d.tenant_id = %(tenant)s AND (d.roll <> x.roll OR (d.place = 0 AND d.is_won <> (d.roll = 0))
         OR (d.place > 0 AND d.is_won = false))""",
    "no surprise gave more than its budget in a month": """
        SELECT s.id AS row, date_trunc('month', d.day)::date AS month, sum(d.cost) AS cost, sum(d.points) AS points
        FROM programs_surprise s
        JOIN programs_surprisedraw d ON d.tenant_id = s.tenant_id AND d.surprise_id = s.id AND d.refusal = ''
         AND d.is_won
        WHERE s.tenant_id = %(tenant)s GROUP BY s.id, s.definition, date_trunc('month', d.day)
        HAVING sum(d.cost) > (s.definition ->> 'budget')::bigint
         OR sum(d.points) > (s.definition ->> 'budget_points')::bigint""",
    "points given name their transfer": """
        SELECT e.id AS row, e.cause_id FROM programs_entry e LEFT JOIN programs_pointtransfer t
         ON t.tenant_id = e.tenant_id AND t.id = e.cause_id
        WHERE e.tenant_id = %(tenant)s AND e.cause IN ('transfer', 'family') AND t.id IS NULL""",
    "both sides of giving points agree": """
        SELECT t.id AS row, t.points, t.back_points, count(e.cause_id) AS entries
        FROM programs_pointtransfer t LEFT JOIN (
         SELECT cause_id, account_id, amount, pending_amount, snapshot ->> 'transfer' AS way FROM programs_entry
         WHERE tenant_id = %(tenant)s AND kind = 'transfer' AND cause IN ('transfer', 'family')) e ON e.cause_id = t.id
        WHERE t.tenant_id = %(tenant)s GROUP BY t.id, t.points, t.back_points, t.giver_id, t.receiver_id
        HAVING (sum(e.amount + e.pending_amount) FILTER (WHERE e.way = 'out' AND e.account_id = t.giver_id),
          sum(e.amount + e.pending_amount) FILTER (WHERE e.way = 'in' AND e.account_id = t.receiver_id),
          coalesce(sum(e.amount + e.pending_amount) FILTER (WHERE e.way = 'back_in'), 0))
         IS DISTINCT FROM (-t.points, t.points, t.back_points)""",
    "whoever shares points belongs to the family": """
        SELECT coalesce(a.id, m.account_id) AS row, a.family_id AS shares, m.family_id AS belongs
        FROM (SELECT id, family_id FROM programs_account WHERE tenant_id = %(tenant)s AND family_id IS NOT NULL) a
        FULL JOIN (SELECT account_id, family_id FROM programs_familymember
          WHERE tenant_id = %(tenant)s AND left_at IS NULL) m ON m.account_id = a.id
        WHERE a.family_id IS DISTINCT FROM m.family_id""",
    "a family that goes on has its head in it": """
        SELECT f.id AS row, f.head_id, f.dissolved_at, h.family_id FROM programs_family f
        JOIN programs_account h ON h.tenant_id = f.tenant_id AND h.id = f.head_id
        WHERE f.tenant_id = %(tenant)s AND (f.dissolved_at IS NULL) <> (h.family_id IS NOT DISTINCT FROM f.id)""",
    "a merged account is empty, and its member merged into the other's": """
        SELECT a.id AS row, a.balance, a.pending, a.owed, a.lifetime
        FROM programs_account a
        JOIN customers_member m ON m.tenant_id = a.tenant_id AND m.id = a.member_id
        LEFT JOIN programs_account k ON k.tenant_id = a.tenant_id AND k.id = a.merged_into_id
        WHERE a.tenant_id = %(tenant)s AND (m.merged_into_id IS DISTINCT FROM k.member_id
         OR (k.id IS NOT NULL AND (a.balance, a.pending, a.owed, a.lifetime) <> (0, 0, 0, 0)))""",
    "a lot that was moved keeps its dates and its origin": """
        SELECT l.id AS row, l.amount, f.id AS source
        FROM programs_lot l JOIN programs_lot f ON f.tenant_id = l.tenant_id AND f.id = l.moved_from_id
        WHERE l.tenant_id = %(tenant)s
         AND ((l.available_from, l.origin_id) IS DISTINCT FROM (f.available_from, coalesce(f.origin_id, f.entry_id))
          OR (l.expires_at IS DISTINCT FROM f.expires_at AND NOT EXISTS (SELECT 1 FROM programs_lotextension x
           WHERE x.tenant_id = l.tenant_id AND x.lot_id IN (l.id, f.id))))""",
    "a lot ends when its extensions say": """
        SELECT l.id AS row, l.expires_at, x.after
        FROM (SELECT *, lag(after) OVER steps AS was, lag(id) OVER steps AS earlier, lead(id) OVER steps AS later
         FROM programs_lotextension WHERE tenant_id = %(tenant)s WINDOW steps AS (PARTITION BY lot_id ORDER BY id)) x
        JOIN programs_lot l ON l.tenant_id = %(tenant)s AND l.id = x.lot_id
        WHERE (x.earlier IS NOT NULL AND x.before IS DISTINCT FROM x.was)
         OR (x.later IS NULL AND x.after IS DISTINCT FROM l.expires_at)""",
    "points are held only while somebody is to look at them": """
        SELECT l.id AS row, l.remaining, l.entry_id FROM programs_lot l
        JOIN programs_entry e ON e.tenant_id = l.tenant_id AND e.id = coalesce(l.origin_id, l.entry_id)
        WHERE l.tenant_id = %(tenant)s AND l.is_held AND l.remaining > 0 AND NOT EXISTS (
         SELECT 1 FROM programs_review r WHERE r.tenant_id = l.tenant_id AND r.is_held
          AND (r.subject_id IN (e.id, e.cause_id) OR r.subject_kind = 'transfer'))""",
    "a friend is rewarded by their entries, once": """
        SELECT f.id AS row, f.state, f.round, count(e.id) AS entries FROM programs_referral f
        LEFT JOIN programs_entry e ON e.tenant_id = f.tenant_id AND e.cause = 'referral' AND e.cause_id = f.id
         AND e.kind = 'accrue' AND NOT EXISTS (SELECT 1 FROM programs_entry b WHERE b.tenant_id = e.tenant_id
          AND b.reverses_id = e.id)
        WHERE f.tenant_id = %(tenant)s GROUP BY f.id, f.state, f.round
        HAVING count(e.id) > 2 OR (count(e.id) > 0 AND f.state IN ('joined', 'earned'))""",
    "a lot holds what was not used of it": f"""
        SELECT l.id AS row, l.amount, l.remaining, u.used
        FROM programs_lot l LEFT JOIN ({_USES}) u ON u.lot_id = l.id
        WHERE l.tenant_id = %(tenant)s AND l.remaining <> l.amount - coalesce(u.used, 0)""",
    "entries are numbered without a gap and add up": f"""
        SELECT id AS row, account_id, seq, amount, pending_amount, balance_after, pending_after, owed_after
        FROM ({_STEPS}) s
        WHERE step <> 1 OR amount <> balance_change - owed_change OR pending_amount <> pending_change""",
    "an entry names its lots": f"""
        SELECT s.id AS row, s.account_id, s.kind, s.balance_change, s.pending_change, l.made, u.used
        FROM ({_STEPS}) s
        LEFT JOIN (SELECT entry_id, sum(amount) AS made FROM programs_lot
          WHERE tenant_id = %(tenant)s GROUP BY entry_id) l ON l.entry_id = s.id
        LEFT JOIN (SELECT entry_id, sum(amount) AS used FROM programs_lotuse
          WHERE tenant_id = %(tenant)s GROUP BY entry_id) u ON u.entry_id = s.id
        WHERE coalesce(l.made, 0) - coalesce(u.used, 0) <> s.balance_change + s.pending_change""",
    "lots are used by entries of their own account": """
        SELECT u.id AS row, e.account_id, l.account_id AS lot_account
        FROM programs_lotuse u JOIN programs_entry e ON e.tenant_id = u.tenant_id AND e.id = u.entry_id
        JOIN programs_lot l ON l.tenant_id = u.tenant_id AND l.id = u.lot_id
        WHERE u.tenant_id = %(tenant)s AND l.account_id <> e.account_id""",
    "the carry is that of the last entry that moved it": """
        SELECT a.id AS row, a.carry_numerator, a.carry_denominator, e.carry
        FROM programs_account a LEFT JOIN LATERAL (
         SELECT snapshot ->> 'carry_after' AS carry FROM programs_entry
         WHERE tenant_id = %(tenant)s AND account_id = a.id AND snapshot ? 'carry_after'
         ORDER BY seq DESC LIMIT 1) e ON true
        WHERE a.tenant_id = %(tenant)s AND coalesce(e.carry, '0') IS DISTINCT FROM
         (a.carry_numerator || CASE WHEN a.carry_denominator = 1 THEN '' ELSE '/' || a.carry_denominator END)""",
    "an entry has its cause": """
        SELECT e.id AS row, e.kind, e.cause, e.cause_id FROM programs_entry e
        LEFT JOIN customers_purchase p
         ON e.cause IN ('purchase', 'stamped', 'credited', 'tender') AND p.tenant_id = %(tenant)s AND p.id = e.cause_id
        LEFT JOIN customers_return r
         ON e.cause IN ('return', 'unstamped', 'uncredited', 'refund')
         AND r.tenant_id = %(tenant)s AND r.id = e.cause_id
        LEFT JOIN programs_redemption d
         ON e.cause = 'redemption' AND d.tenant_id = %(tenant)s AND d.id = e.cause_id
        LEFT JOIN programs_gesture g
         ON e.cause = 'goodwill' AND g.tenant_id = %(tenant)s AND g.id = e.cause_id
        LEFT JOIN programs_referral f ON e.cause = 'referral' AND f.tenant_id = %(tenant)s AND f.id = e.cause_id
        LEFT JOIN programs_advocacyclaim c
         ON e.cause = 'advocacy' AND c.tenant_id = %(tenant)s AND c.id = e.cause_id
        LEFT JOIN programs_event v ON e.cause = 'event' AND v.tenant_id = %(tenant)s AND v.id = e.cause_id
        LEFT JOIN programs_pollanswer q ON e.cause = 'poll' AND q.tenant_id = %(tenant)s AND q.id = e.cause_id
        LEFT JOIN programs_challengeresult l
         ON e.cause = 'challenge' AND l.tenant_id = %(tenant)s AND l.id = e.cause_id
        WHERE e.tenant_id = %(tenant)s AND coalesce(p.id, r.id, d.id, g.id, f.id, c.id, l.id, v.id, q.id) IS NULL
         AND e.cause IN ('purchase', 'return', 'redemption', 'goodwill', 'stamped', 'unstamped', 'referral',
          'advocacy', 'challenge', 'event', 'poll', 'credited', 'uncredited', 'tender', 'refund')""",
    "an event counts towards a tier with the points it gave, and with nothing once it is undone": """
        SELECT v.id AS row, e.amount + e.pending_amount AS gave, q.points, v.undone_at FROM programs_event v
        JOIN programs_entry e ON e.tenant_id = v.tenant_id AND e.id = v.entry_id
        LEFT JOIN (SELECT cause_id, sum(points) AS points FROM programs_qualification
          WHERE tenant_id = %(tenant)s GROUP BY cause_id) q ON q.cause_id = v.id
        WHERE v.tenant_id = %(tenant)s AND coalesce(q.points, 0)
         <> CASE WHEN v.undone_at IS NULL THEN e.amount + e.pending_amount ELSE 0 END""",
    "an answer gave what its entry says, and nothing once it is taken back": """
        SELECT q.id AS row, q.points, e.amount, q.withdrawn_at FROM programs_pollanswer q
        LEFT JOIN programs_entry e ON e.tenant_id = q.tenant_id AND e.id = q.entry_id
        LEFT JOIN programs_entry b ON b.tenant_id = q.tenant_id AND b.reverses_id = q.entry_id AND b.kind = 'reverse'
        WHERE q.tenant_id = %(tenant)s AND (q.points > coalesce(e.amount + e.pending_amount, 0)
         OR (e.id IS NOT NULL AND e.cause_id <> q.id) OR (b.id IS NOT NULL AND q.withdrawn_at IS NULL))""",
    "no poll gave more than its budget": """
        SELECT p.id AS row, q.points, q.gifts, p.definition ->> 'budget' AS budget FROM programs_poll p
        JOIN (SELECT poll_id, sum(points) AS points, count(present_id) AS gifts FROM programs_pollanswer
          WHERE tenant_id = %(tenant)s AND withdrawn_at IS NULL GROUP BY poll_id) q ON q.poll_id = p.id
        WHERE p.tenant_id = %(tenant)s AND (q.points > (p.definition ->> 'budget')::bigint
         OR q.gifts > (p.definition ->> 'gifts')::bigint)""",
    "an event gave what its entry says, and nothing once it is undone": """
        SELECT v.id AS row, v.undone_at, e.amount, b.id AS back FROM programs_event v
        LEFT JOIN programs_entry e ON e.tenant_id = v.tenant_id AND e.id = v.entry_id
        LEFT JOIN programs_entry b ON b.tenant_id = v.tenant_id AND b.reverses_id = v.entry_id AND b.kind = 'reverse'
        WHERE v.tenant_id = %(tenant)s AND ((v.entry_id IS NOT NULL AND e.cause_id IS DISTINCT FROM v.id)
         OR (b.id IS NOT NULL AND v.undone_at IS NULL)
         OR (v.entry_id IS NOT NULL AND v.undone_at IS NOT NULL AND b.id IS NULL AND NOT EXISTS (
          SELECT 1 FROM programs_lot l JOIN programs_lotuse u ON u.tenant_id = l.tenant_id AND u.lot_id = l.id
          JOIN programs_entry x ON x.tenant_id = u.tenant_id AND x.id = u.entry_id AND x.kind = 'expire'
          WHERE l.tenant_id = v.tenant_id AND v.entry_id IN (l.entry_id, l.origin_id))))""",
    "a challenge gives its points once, and takes them back when it says so": """
        SELECT c.id AS row, c.points, c.taken_back_at, e.kind, e.amount, b.amount AS back
        FROM programs_challengeresult c
        LEFT JOIN programs_entry e ON e.tenant_id = c.tenant_id AND e.id = c.entry_id
        LEFT JOIN programs_entry b ON b.tenant_id = c.tenant_id AND b.reverses_id = c.entry_id AND b.kind = 'reverse'
        WHERE c.tenant_id = %(tenant)s AND c.entry_id IS NOT NULL AND ((e.kind, e.cause, e.cause_id, e.amount)
         IS DISTINCT FROM ('adjust', 'challenge', c.id, c.points::bigint)
         OR CASE WHEN c.taken_back_at IS NULL THEN b.id IS NOT NULL
          WHEN b.id IS NOT NULL THEN c.points <> coalesce((b.snapshot->>'expired')::bigint, 0) - b.amount
          ELSE NOT EXISTS (
           SELECT 1 FROM programs_lot l JOIN programs_lotuse u ON u.tenant_id = l.tenant_id AND u.lot_id = l.id
           JOIN programs_entry x ON x.tenant_id = u.tenant_id AND x.id = u.entry_id AND x.kind = 'expire'
           WHERE l.tenant_id = c.tenant_id AND c.entry_id IN (l.entry_id, l.origin_id)) END)""",
    "a present is one voucher": """
        SELECT p.id AS row, count(v.id) AS vouchers FROM programs_present p
        LEFT JOIN programs_voucher v ON v.tenant_id = p.tenant_id AND v.present_id = p.id
        WHERE p.tenant_id = %(tenant)s GROUP BY p.id HAVING count(v.id) <> 1""",
    "a tier given by hand is held by its account": """
        SELECT a.id AS row, t.account_id, t.ended_at, a.tier_id, t.tier_id AS given
        FROM programs_account a
        JOIN programs_tierplacement t ON t.tenant_id = a.tenant_id AND t.id = a.tier_placement_id
        WHERE a.tenant_id = %(tenant)s AND (t.account_id <> a.id OR t.ended_at IS NOT NULL
         OR t.tier_id IS DISTINCT FROM a.tier_id OR t.until IS DISTINCT FROM a.tier_until)""",
    "a redemption is paid by its entry": """
        SELECT r.id AS row, r.points, r.status, e.kind, e.amount
        FROM programs_redemption r
        LEFT JOIN programs_entry e ON e.tenant_id = r.tenant_id AND e.id = r.entry_id
        LEFT JOIN programs_account a ON a.tenant_id = e.tenant_id AND a.id = e.account_id
        WHERE r.tenant_id = %(tenant)s
         AND (e.kind, e.cause, e.cause_id, coalesce(a.merged_into_id, e.account_id), e.amount)
         IS DISTINCT FROM ('redeem', 'redemption', r.id, r.account_id, -r.points::bigint)""",
    "an entry pays for one redemption": """
        SELECT e.id AS row, e.amount, count(r.id) AS redemptions
        FROM programs_entry e LEFT JOIN programs_redemption r ON r.tenant_id = e.tenant_id AND r.entry_id = e.id
        WHERE e.tenant_id = %(tenant)s AND e.kind = 'redeem' AND e.cause <> 'tender'
        GROUP BY e.id, e.amount HAVING count(r.id) <> 1""",
    "only what was undone is given back, and once": """
        SELECT r.id AS row, r.status, r.points, count(e.id) AS entries, sum(e.amount) AS given_back
        FROM programs_redemption r JOIN programs_entry e
         ON e.tenant_id = r.tenant_id AND e.reverses_id = r.entry_id AND e.kind = 'restore'
        WHERE r.tenant_id = %(tenant)s GROUP BY r.id, r.status, r.points
        HAVING r.status <> 'voided' OR count(e.id) > 1 OR sum(e.amount) > r.points""",
    "a voucher stands as its redemption does": """
        SELECT r.id AS row, r.status, v.status AS voucher
        FROM programs_redemption r LEFT JOIN programs_voucher v
         ON v.tenant_id = r.tenant_id AND v.redemption_id = r.id AND (v.account_id = r.account_id OR EXISTS (
          SELECT 1 FROM programs_gift g WHERE g.tenant_id = %(tenant)s AND g.voucher_id = v.id AND g.status = 'taken'))
        WHERE r.tenant_id = %(tenant)s AND v.status IS DISTINCT FROM r.status""",
    "a voucher holds what was not used of its money": """
        SELECT v.id AS row, v.value, v."left", u.used
        FROM programs_voucher v LEFT JOIN (
         SELECT voucher_id, sum(amount) AS used FROM programs_voucheruse
         WHERE tenant_id = %(tenant)s AND undone_at IS NULL GROUP BY voucher_id) u ON u.voucher_id = v.id
        WHERE v.tenant_id = %(tenant)s AND v."left" IS NOT NULL AND (v."left" <> v.value - coalesce(u.used, 0)
         OR (v.status = 'open' AND v."left" = 0) OR (v.status = 'used' AND v."left" > 0))""",
    "a voucher is used whole once": """
        SELECT v.id AS row, v.status, count(u.id) AS uses
        FROM programs_voucher v JOIN programs_voucheruse u
         ON u.tenant_id = v.tenant_id AND u.voucher_id = v.id AND u.undone_at IS NULL
        WHERE v.tenant_id = %(tenant)s AND v."left" IS NULL
        GROUP BY v.id, v.status HAVING count(u.id) > 1 OR v.status <> 'used'""",
    "orders keep no more of a voucher than there is": """
        SELECT v.id AS row, v."left", count(h.id) AS holds, sum(h.amount) AS held
        FROM programs_voucher v JOIN programs_voucherhold h
         ON h.tenant_id = v.tenant_id AND h.voucher_id = v.id AND h.status = 'held' AND h.expires_at > now()
        WHERE v.tenant_id = %(tenant)s GROUP BY v.id, v."left"
        HAVING (v."left" IS NULL AND count(h.id) > 1) OR coalesce(sum(h.amount), 0) > v."left" """,
    "a code of the business's own is given once": """
        SELECT c.id AS row, c.code, v.own_code FROM programs_owncode c
        LEFT JOIN programs_voucher v ON v.tenant_id = c.tenant_id AND v.id = c.voucher_id
        WHERE c.tenant_id = %(tenant)s AND (c.given_at IS NOT NULL) <> (v.own_code IS NOT DISTINCT FROM c.code)""",
    "codes of the business's own are a reward's stock": """
        SELECT r.id AS row, r.stock, count(c.id) AS free FROM programs_reward r
        LEFT JOIN programs_owncode c ON c.tenant_id = r.tenant_id AND c.reward_id = r.id AND c.given_at IS NULL
        WHERE r.tenant_id = %(tenant)s AND r.uses_own_codes GROUP BY r.id, r.stock
        HAVING r.stock IS DISTINCT FROM count(c.id)""",
    "a draw gives what its seed says": """
        SELECT d.id AS row, d.roll, x.roll AS computed, x.prize FROM programs_draw d CROSS JOIN LATERAL (
         SELECT ('x0' || left(encode(sha256((d.seed || ':' || d.redemption_id)::bytea), 'hex'), 15))::bit(64)::bigint
          %% (SELECT sum((p ->> 'weight')::bigint) FROM jsonb_array_elements(d.listed) p) AS roll,
          (SELECT q.prize FROM (
            SELECT p ->> 'prize' AS prize, sum((p ->> 'weight')::bigint) OVER (ORDER BY place) AS until
            FROM jsonb_array_elements(d.listed) WITH ORDINALITY AS l(p, place)) q
           WHERE q.until > d.roll ORDER BY q.until LIMIT 1) AS prize) x
        WHERE d.tenant_id = %(tenant)s AND (d.roll, d.prize_id::text) IS DISTINCT FROM (x.roll, x.prize)""",
    "a place was taken by whoever waited for it": """
        SELECT w.id AS row, w.status, r.status AS redemption FROM programs_waitingplace w
        LEFT JOIN programs_redemption r ON r.tenant_id = w.tenant_id AND r.id = w.redemption_id
        WHERE w.tenant_id = %(tenant)s AND (w.status = 'taken') <> (r.id IS NOT NULL AND r.reward_id = w.reward_id)""",
    "a gesture of points is given by its entry": """
        SELECT g.id AS row, g.amount, e.kind, e.cause, e.amount AS entry_amount
        FROM programs_gesture g LEFT JOIN programs_entry e ON e.tenant_id = g.tenant_id AND e.id = g.entry_id
        WHERE g.tenant_id = %(tenant)s AND g.kind = 'points'
         AND (e.kind, e.cause, e.cause_id, e.account_id, e.amount)
         IS DISTINCT FROM ('adjust', 'goodwill', g.id, g.account_id, g.amount)""",
    "a gesture of anything else is given by its voucher": """
        SELECT g.id AS row, g.kind, g.amount, v.kind AS voucher, v.value
        FROM programs_gesture g
        JOIN programs_account a ON a.tenant_id = g.tenant_id AND a.id = g.account_id
        LEFT JOIN programs_voucher v ON v.tenant_id = g.tenant_id AND v.gesture_id = g.id
        WHERE g.tenant_id = %(tenant)s AND g.kind <> 'points' AND (v.kind, v.account_id, v.product_id, v.value)
         IS DISTINCT FROM (g.kind, coalesce(a.merged_into_id, g.account_id), g.product_id,
          CASE g.kind WHEN 'amount_off' THEN g.amount ELSE 0 END)""",
    "a gesture was taken back when it says so": """
        SELECT g.id AS row, g.kind, u.id AS undo, e.id AS entry, v.status AS voucher
        FROM programs_gesture g
        LEFT JOIN programs_gestureundo u ON u.tenant_id = g.tenant_id AND u.gesture_id = g.id
        LEFT JOIN programs_entry e ON e.tenant_id = g.tenant_id AND e.reverses_id = g.entry_id
        LEFT JOIN programs_voucher v ON v.tenant_id = g.tenant_id AND v.gesture_id = g.id
        WHERE g.tenant_id = %(tenant)s AND (u.id IS NOT NULL)
         <> (CASE g.kind WHEN 'points' THEN e.id IS NOT NULL ELSE coalesce(v.status = 'voided', false) END)""",
    "no stock is below zero": """
        SELECT id AS row, stock FROM programs_reward WHERE tenant_id = %(tenant)s AND stock < 0""",
    "a return takes no more than its purchase gave": """
        SELECT a.id AS row, a.amount + a.pending_amount AS gave, sum((e.snapshot ->> 'taken_back')::bigint) AS taken
        FROM programs_entry a JOIN programs_entry e
         ON e.tenant_id = a.tenant_id AND e.reverses_id = a.id
        WHERE a.tenant_id = %(tenant)s AND a.kind = 'accrue' AND a.cause = 'purchase' AND e.kind = 'reverse'
        GROUP BY a.id, a.amount, a.pending_amount
        HAVING sum((e.snapshot ->> 'taken_back')::bigint) > a.amount + a.pending_amount + 1""",
    "a full stamp card gives the reward of one of its versions": """
        SELECT r.id AS row, r.points, w.cost
        FROM programs_redemption r
        JOIN programs_account a ON a.tenant_id = r.tenant_id AND a.id = r.account_id
        JOIN programs_program p ON p.tenant_id = a.tenant_id AND p.id = a.program_id AND p.kind = 'stamps'
        JOIN programs_reward w ON w.tenant_id = r.tenant_id AND w.id = r.reward_id
        WHERE r.tenant_id = %(tenant)s AND (r.points <> w.cost OR NOT EXISTS (
         SELECT 1 FROM programs_stampcardversion v
         JOIN programs_stampcard c ON c.tenant_id = v.tenant_id AND c.id = v.card_id
         WHERE v.tenant_id = r.tenant_id AND v.reward_id = r.reward_id AND c.program_id = a.program_id))""",
    "the stamps of a purchase go when the purchase goes": """
        SELECT e.id AS row, e.amount, coalesce(b.taken, 0) AS taken, p.total, p.returned
        FROM programs_entry e
        JOIN customers_purchase p ON p.tenant_id = e.tenant_id AND p.id = e.cause_id
        LEFT JOIN (SELECT reverses_id, sum((snapshot ->> 'taken_back')::bigint) AS taken FROM programs_entry
          WHERE tenant_id = %(tenant)s AND kind = 'reverse' AND cause = 'unstamped' GROUP BY reverses_id) b
         ON b.reverses_id = e.id
        WHERE e.tenant_id = %(tenant)s AND e.kind = 'accrue' AND e.cause = 'stamped'
         AND (coalesce(b.taken, 0) > e.amount OR (p.returned >= p.total AND coalesce(b.taken, 0) <> e.amount))""",
    "a purchase was paid from credit as it says, and its returns gave back as they say": """
        SELECT p.id AS row, p.credit, p.credit_returned, e.spent, r.part, b.back
        FROM customers_purchase p
        LEFT JOIN (SELECT cause_id, -sum(amount) AS spent FROM programs_entry
          WHERE tenant_id = %(tenant)s AND kind = 'redeem' AND cause = 'tender' GROUP BY cause_id) e
         ON e.cause_id = p.id
        LEFT JOIN (SELECT purchase_id, sum(credit) AS part FROM customers_return
          WHERE tenant_id = %(tenant)s AND credit > 0 GROUP BY purchase_id) r ON r.purchase_id = p.id
        LEFT JOIN (SELECT t.purchase_id, sum(n.amount) AS back FROM programs_entry n
          JOIN customers_return t ON t.tenant_id = n.tenant_id AND t.id = n.cause_id
          WHERE n.tenant_id = %(tenant)s AND n.kind = 'restore' AND n.cause = 'refund' GROUP BY t.purchase_id) b
         ON b.purchase_id = p.id
        WHERE p.tenant_id = %(tenant)s AND (p.credit > 0 OR e.cause_id IS NOT NULL)
         AND ((p.credit, p.credit_returned, p.credit_returned)
          IS DISTINCT FROM (coalesce(e.spent, 0), coalesce(r.part, 0), coalesce(b.back, 0))
          OR (p.returned = p.total AND p.credit_returned <> p.credit))""",
    "a refund gives each lot back no more than the purchase took of it": """
        SELECT s.entry_id AS row, s.lot_id, s.amount, coalesce(b.back, 0) AS back
        FROM programs_lotuse s
        JOIN programs_entry e ON e.tenant_id = s.tenant_id AND e.id = s.entry_id
         AND e.kind = 'redeem' AND e.cause = 'tender'
        LEFT JOIN LATERAL (SELECT sum((n.snapshot -> 'lots' ->> s.lot_id::text)::bigint) AS back
          FROM programs_entry n
          WHERE n.tenant_id = %(tenant)s AND n.reverses_id = e.id AND n.kind = 'restore') b ON true
        WHERE s.tenant_id = %(tenant)s AND coalesce(b.back, 0) > s.amount""",
    "a membership is paid up to the day that its payments say": """
        SELECT m.id AS row, m.periods, m.paid_until, p.paid, p.last
        FROM programs_paidmembership m
        LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE number >= m.brought_periods) AS paid,
          max(last) FILTER (WHERE number >= m.periods - 1) AS last, max(number) AS number
          FROM programs_membershippayment
          WHERE tenant_id = %(tenant)s AND membership_id = m.id AND state = 'paid') p ON true
        WHERE m.tenant_id = %(tenant)s AND (m.periods - m.brought_periods <> p.paid OR m.periods <= p.number
         OR (p.last IS NOT NULL AND m.paid_until IS DISTINCT FROM p.last))""",
    "a membership that has ended holds no tier": """
        SELECT m.id AS row, m.state, t.id AS placement FROM programs_paidmembership m
        JOIN programs_tierplacement t ON t.tenant_id = m.tenant_id AND t.id = m.placement_id
        JOIN programs_account a ON a.tenant_id = m.tenant_id AND a.tier_placement_id = t.id
        WHERE m.tenant_id = %(tenant)s AND m.state <> 'active'""",
    "the cash-back of a purchase goes when the purchase goes": """
        SELECT e.id AS row, e.amount + e.pending_amount AS gave, coalesce(b.taken, 0) AS taken, p.total, p.returned
        FROM programs_entry e
        JOIN customers_purchase p ON p.tenant_id = e.tenant_id AND p.id = e.cause_id
        LEFT JOIN (SELECT reverses_id, sum((snapshot ->> 'taken_back')::bigint) AS taken FROM programs_entry
          WHERE tenant_id = %(tenant)s AND kind = 'reverse' AND cause = 'uncredited' GROUP BY reverses_id) b
         ON b.reverses_id = e.id
        WHERE e.tenant_id = %(tenant)s AND e.kind = 'accrue' AND e.cause = 'credited'
         AND (coalesce(b.taken, 0) > e.amount + e.pending_amount
          OR (p.returned >= p.total AND coalesce(b.taken, 0) <> e.amount + e.pending_amount))""",
    "what a rule gave goes when the purchase goes": """
        SELECT w.rule_id AS row, w.cause_id AS purchase, w.points, p.total, p.returned
        FROM (SELECT rule_id, cause_id, sum(points) AS points FROM programs_ruleaward
          WHERE tenant_id = %(tenant)s GROUP BY rule_id, cause_id) w
        LEFT JOIN customers_purchase p ON p.tenant_id = %(tenant)s AND p.id = w.cause_id
        LEFT JOIN (SELECT id FROM programs_event WHERE tenant_id = %(tenant)s
         UNION ALL SELECT id FROM programs_referral WHERE tenant_id = %(tenant)s
         UNION ALL SELECT id FROM programs_pollanswer WHERE tenant_id = %(tenant)s
         UNION ALL SELECT id FROM programs_advocacyclaim WHERE tenant_id = %(tenant)s) h ON h.id = w.cause_id
        WHERE coalesce(p.id, h.id) IS NULL OR w.points < 0 OR (p.returned = p.total AND w.points <> 0)""",
    "what was given by a rule names a version that was published": """
        SELECT w.id AS row, w.rule_id AS rule, w.version FROM programs_ruleaward w
        LEFT JOIN programs_earningruleversion v
         ON v.tenant_id = w.tenant_id AND v.rule_id = w.rule_id AND v.number = w.version
        WHERE w.tenant_id = %(tenant)s AND v.id IS NULL""",
    "the kept sum of a rule is that of its awards, and every rule with a budget has one": """
        SELECT r.id AS row, r.given_to_all, w.points
        FROM programs_earningrule r
        LEFT JOIN (SELECT rule_id, sum(points) AS points FROM programs_ruleaward
          WHERE tenant_id = %(tenant)s GROUP BY rule_id) w ON w.rule_id = r.id
        WHERE r.tenant_id = %(tenant)s AND (r.given_to_all <> coalesce(w.points, 0) OR (r.given_to_all IS NULL
         AND EXISTS (SELECT 1 FROM programs_earningruleversion v WHERE v.tenant_id = r.tenant_id AND v.rule_id = r.id
          AND v.definition ->> 'budget' IS NOT NULL)))""",
    "no rule gave more than its budget": """
        SELECT r.id AS row, w.points, v.budget
        FROM programs_earningrule r
        JOIN (SELECT rule_id, sum(points) AS points FROM programs_ruleaward
          WHERE tenant_id = %(tenant)s GROUP BY rule_id) w ON w.rule_id = r.id
        JOIN (SELECT rule_id, max((definition ->> 'budget')::bigint) AS budget
          FROM programs_earningruleversion WHERE tenant_id = %(tenant)s GROUP BY rule_id
          HAVING bool_and(definition ->> 'budget' IS NOT NULL)) v ON v.rule_id = r.id
        WHERE r.tenant_id = %(tenant)s AND w.points > v.budget""",
    "a crossing moves in the ledger what it says, and nothing else crosses": """
        SELECT coalesce(c.id, e.id) AS row, c.points, e.amount + e.pending_amount AS moved
        FROM (SELECT * FROM programs_networkcrossing WHERE tenant_id = %(tenant)s AND points <> 0) c
        FULL JOIN (SELECT * FROM programs_entry WHERE tenant_id = %(tenant)s AND cause = 'network') e
         ON e.id = c.entry_id AND e.account_id = c.account_id AND e.cause_id = c.crossing_id
        WHERE c.points IS DISTINCT FROM e.amount + e.pending_amount""",
    "what goes home is no more than what came": """
        SELECT h.id AS row, h.points, h.amount, c.points AS came, c.amount AS owed
        FROM programs_networkcrossing h
        LEFT JOIN programs_networkcrossing c ON c.tenant_id = h.tenant_id AND c.crossing_id = h.reverses
        WHERE h.tenant_id = %(tenant)s AND h.kind = 'home' AND (c.id IS NULL OR c.partner_id <> h.partner_id
         OR abs(h.points) > abs(c.points) OR abs(h.amount) > abs(c.amount) OR h.points * c.points > 0)""",
    "a statement is the sum of its entries": """
        SELECT s.id AS row, s.owed_to_us, s.owed_by_us, s.entries, m.plus, m.minus, m.number
        FROM programs_networkstatement s
        LEFT JOIN LATERAL (SELECT coalesce(sum(c.amount) FILTER (WHERE c.amount > 0), 0) AS plus,
          coalesce(-sum(c.amount) FILTER (WHERE c.amount < 0), 0) AS minus, count(c.id) AS number
         FROM programs_networkcrossing c WHERE c.tenant_id = s.tenant_id AND c.network_id = s.network_id
          AND date_trunc('month', c.occurred_at AT TIME ZONE s.time_zone)::date = s.month) m ON true
        LEFT JOIN LATERAL (SELECT coalesce(sum(l.owed_to_us), 0) AS plus, coalesce(sum(l.owed_by_us), 0) AS minus,
          coalesce(sum(l.entries), 0) AS number
         FROM programs_networkstatementline l WHERE l.tenant_id = s.tenant_id AND l.statement_id = s.id) n ON true
        WHERE s.tenant_id = %(tenant)s AND ((s.owed_to_us, s.owed_by_us, s.entries) <> (m.plus, m.minus, m.number)
         OR (s.owed_to_us, s.owed_by_us, s.entries) <> (n.plus, n.minus, n.number))""",
}
