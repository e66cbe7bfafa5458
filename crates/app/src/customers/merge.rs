//! Likely duplicates, and two records of one customer made one, with their whole history.

use super::Customer;
use crate::merging::stepping_back;
use crate::{Actor, Capability, Page, PageRequest, Refusal, Shop};
use db::customers::{CustomerValues, Duplicate};
use domain::message::UNASKED;
use domain::{Channel, ConsentHow, CustomerId, CustomerType};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Which record stays.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeInto {
    /// The customer that everything goes to.
    pub into: CustomerId,
}

/// What a merge would make.
#[derive(Debug, Clone)]
pub struct MergePreview {
    /// The record that goes.
    pub gone: Customer,
    /// The record that stays, as it is.
    pub kept: Customer,
    /// The record that stays, as it will be.
    pub after: Customer,
    /// What moves: a table of the schema, and how many rows.
    pub moves: Vec<(String, usize)>,
}

/// Pairs of likely duplicates.
pub async fn duplicates(
    shop: &Shop,
    actor: &Actor,
    request: &PageRequest,
) -> Result<Page<Duplicate>, Refusal> {
    actor.require(Capability::ManageCustomers)?;
    let wrong = || Refusal::invalid("/cursor", "Use next_cursor of the page before, or none.");
    let after = match &request.cursor {
        None => (0, 0),
        Some(cursor) => {
            let (one, two) = cursor.split_once('-').ok_or_else(wrong)?;
            (
                one.parse().map_err(|_| wrong())?,
                two.parse().map_err(|_| wrong())?,
            )
        }
    };
    let limit = usize::try_from(request.limit.clamp(1, 200)).unwrap_or(50);
    let asked = i64::from(request.limit.clamp(1, 200)) + 1;
    let mut data = db::customers::duplicates_page(&mut *shop.read().await?, after, asked).await?;
    let more = data.len() > limit;
    data.truncate(limit);
    Ok(Page {
        next_cursor: data
            .last()
            .filter(|_| more)
            .map(|last| format!("{}-{}", last.id, last.other_id)),
        data,
    })
}

/// The likely duplicates of one customer: with the same phone, e-mail, name or business. Who may not see contacts is told
/// nothing, since it would tell them whose phone it is.
pub async fn duplicates_of(shop: &Shop, actor: &Actor, id: CustomerId) -> Result<Vec<Duplicate>, Refusal> {
    if !actor.can(Capability::SeeCustomerContacts) {
        return Ok(Vec::new());
    }
    Ok(db::customers::duplicates_of(&mut *shop.read().await?, id).await?)
}

/// The record that stays: its own values, and where it has none those of the other. Nothing that was known is lost.
fn joined(kept: &Customer, gone: &Customer) -> CustomerValues {
    let either = |a: &Option<String>, b: &Option<String>| a.clone().or_else(|| b.clone());
    let known = [Some(&kept.phone), kept.alternate_phone.as_ref()];
    let mut more: Vec<&String> = [Some(&gone.phone), gone.alternate_phone.as_ref()]
        .into_iter()
        .flatten()
        .filter(|phone| !known.contains(&Some(phone)))
        .collect();
    let mut alternate_phone = kept.alternate_phone.clone();
    if alternate_phone.is_none() && !more.is_empty() {
        alternate_phone = Some(more.remove(0).clone());
    }
    let mut notes: Vec<String> = [kept.notes.clone(), gone.notes.clone()]
        .into_iter()
        .flatten()
        .collect();
    notes.dedup();
    let mut other = |what: &str, stays: &str, goes: &str| {
        if !goes.is_empty() && stays.to_lowercase() != goes.to_lowercase() {
            notes.push(format!("{what}: {goes}"));
        }
    };
    other("Also known as", &kept.full_name, &gone.full_name);
    let differs = |stays: &Option<String>, goes: &Option<String>| match (stays, goes) {
        (Some(stays), Some(goes)) => (stays.clone(), goes.clone()),
        _ => (String::new(), String::new()),
    };
    for (what, (stays, goes)) in [
        ("Also", differs(&kept.business_name, &gone.business_name)),
        ("Other e-mail", differs(&kept.email, &gone.email)),
        ("Other address", differs(&kept.address, &gone.address)),
    ] {
        other(what, &stays, &goes);
    }
    for phone in more {
        notes.push(format!("Other phone: {phone}"));
    }
    let notes = Some(notes.join("\n")).filter(|n| !n.is_empty());
    CustomerValues {
        customer_type: match (kept.customer_type, gone.customer_type) {
            (CustomerType::Retail, CustomerType::Retail) => CustomerType::Retail,
            _ => CustomerType::Wholesale,
        },
        full_name: kept.full_name.clone(),
        business_name: either(&kept.business_name, &gone.business_name),
        email: either(&kept.email, &gone.email),
        phone: kept.phone.clone(),
        alternate_phone,
        address: either(&kept.address, &gone.address),
        city: either(&kept.city, &gone.city),
        region: either(&kept.region, &gone.region),
        notes,
    }
}

fn same_one() -> Refusal {
    Refusal::invalid(
        "/into",
        "Choose another customer: a record cannot be merged into itself.",
    )
}

/// Shows what a merge would make, without making it.
pub async fn merge_preview(
    shop: &Shop,
    actor: &Actor,
    gone: CustomerId,
    into: CustomerId,
) -> Result<MergePreview, Refusal> {
    actor.require(Capability::ManageCustomers)?;
    let mut conn = shop.read().await?;
    let gone = db::customers::customer_find(&mut conn, gone)
        .await?
        .ok_or_else(|| Refusal::not_found("customer"))?;
    let kept = db::customers::customer_find(&mut conn, into)
        .await?
        .ok_or_else(|| Refusal::invalid("/into", "There is no such customer."))?;
    if gone.id == kept.id {
        return Err(same_one());
    }
    let held = db::customers::customer_holdings(&mut conn, gone.id).await?;
    let mut moves = Vec::new();
    if let Some(Value::Object(tables)) = held {
        for (table, rows) in tables {
            let rows = rows.as_array().map_or(0, Vec::len);
            if rows > 0 && !matches!(table.as_str(), "customers" | "audit_log") {
                moves.push((table, rows));
            }
        }
    }
    let v = joined(&kept, &gone);
    let after = Customer {
        customer_type: v.customer_type,
        full_name: v.full_name,
        business_name: v.business_name,
        email: v.email,
        phone: v.phone,
        alternate_phone: v.alternate_phone,
        address: v.address,
        city: v.city,
        region: v.region,
        notes: v.notes,
        ..kept.clone()
    };
    Ok(MergePreview {
        gone,
        kept,
        after,
        moves,
    })
}

/// Merges a customer into another one: everything that names the first names the second from now on, in one transaction.
/// Whoever sells, pays or claims at the same moment goes first: a merge that would have to wait lets go and begins again.
pub async fn merge(
    shop: &Shop,
    actor: &Actor,
    gone: CustomerId,
    into: MergeInto,
) -> Result<Customer, Refusal> {
    actor.require(Capability::ManageCustomers)?;
    stepping_back(|| merge_once(shop, actor, gone, into.into)).await
}

async fn merge_once(
    shop: &Shop,
    actor: &Actor,
    gone: CustomerId,
    into: CustomerId,
) -> Result<Customer, Refusal> {
    if gone == into {
        return Err(same_one());
    }
    let mut tx = shop.begin(actor).await?;
    db::customers::merge_waits_briefly(tx.conn()).await?;
    let (first, second) = (gone.min(into), gone.max(into));
    let one = db::customers::customer_lock(tx.conn(), first).await?;
    let two = db::customers::customer_lock(tx.conn(), second).await?;
    let (gone_now, kept) = if gone < into { (one, two) } else { (two, one) };
    let gone_now = gone_now.ok_or_else(|| Refusal::not_found("customer"))?;
    let kept = kept.ok_or_else(|| Refusal::invalid("/into", "There is no such customer."))?;
    for (asked, found) in [(gone, &gone_now), (into, &kept)] {
        if found.id != asked {
            let text = format!(
                "This customer was merged into {} already: open that one.",
                found.full_name
            );
            return Err(Refusal::conflict("merged_already", text));
        }
    }
    let consents = stricter(&mut tx, gone, into).await?;
    let values = joined(&kept, &gone_now);
    let moved = db::customers::customer_merge(tx.conn(), gone, into).await?;
    let after = db::customers::customer_update(tx.conn(), into, &values).await?;
    let today = shop.today();
    for (channel, allows) in consents {
        db::messages::consent_insert(tx.conn(), into, channel, allows, today, ConsentHow::Merged).await?;
    }
    tx.audit(
        "customer.merge",
        "customers",
        gone.get(),
        Some(json!(gone_now)),
        Some(json!({"merged_into": into})),
    )
    .await?;
    tx.audit(
        "customer.merge",
        "customers",
        into.get(),
        Some(json!(kept)),
        Some(json!({"customer": after, "merged_from": gone, "moved": moved})),
    )
    .await?;
    tx.commit(200, &after).await?;
    Ok(after)
}

/// Where one of both said something about a channel: the stricter of what holds for each.
async fn stricter(
    tx: &mut crate::Tx,
    gone: CustomerId,
    kept: CustomerId,
) -> Result<Vec<(Channel, domain::Allows)>, Refusal> {
    let one = db::messages::customer_consents(tx.conn(), gone).await?;
    let two = db::messages::customer_consents(tx.conn(), kept).await?;
    let said =
        |by: &[db::messages::Consent], channel| by.iter().find(|c| c.channel == channel).map(|c| c.allows);
    Ok(Channel::ALL
        .iter()
        .filter_map(|channel| {
            let (one, two) = (said(&one, *channel), said(&two, *channel));
            one.or(two)?;
            Some((*channel, one.unwrap_or(UNASKED).min(two.unwrap_or(UNASKED))))
        })
        .collect())
}
