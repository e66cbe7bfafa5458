//! The search box: anything by serial, tag, IMEI, SKU, number, phone, e-mail, name or model.

use crate::{Actor, Capability, Refusal, Shop, disclosure};
use db::search::{ExactTerms, Hit, LikeTerms};
use domain::{Email, NUMBER_PREFIXES as PREFIXES, Phone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most hits that are shown.
const MOST: usize = 20;
/// Longest text that is looked for.
pub const LONGEST: usize = 100;

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Found {
    /// `device`, `item`, `model`, `customer`, `invoice`, `warranty`, `preorder`, `ticket`, `claim`, `lot`,
    /// `stocktake` or `return`.
    pub kind: String,
    /// Its number.
    pub id: i32,
    /// What it is called.
    pub title: String,
    /// More about it.
    pub subtitle: String,
    /// The page that shows it.
    pub url: String,
    /// Whether it is called exactly as was typed.
    #[serde(skip)]
    pub is_exact: bool,
}

/// What a role may be shown, by what it may open.
const KINDS: &[(&str, Capability)] = &[
    ("device", Capability::ViewStock),
    ("item", Capability::ViewStock),
    ("model", Capability::ViewStock),
    ("customer", Capability::ViewCustomers),
    ("invoice", Capability::ViewInvoices),
    ("warranty", Capability::ViewWarranties),
    ("preorder", Capability::ViewPreorders),
    ("ticket", Capability::OpenRepair),
    ("claim", Capability::ViewClaims),
    ("lot", Capability::ReceiveStock),
    ("stocktake", Capability::AdjustBulkStock),
    ("return", Capability::ViewInvoices),
];

fn padded(prefix: &str, digits: &str) -> String {
    format!("{prefix}-{:0>6}", digits.trim_start_matches('0'))
}

/// The numbers that may have been typed (`inv 412` is INV-000412), and those that bare digits may mean.
fn numbers(q: &str, key: &str) -> (Vec<String>, Vec<String>) {
    let mut typed = vec![q.to_uppercase(), key.to_owned()];
    let digits = |text: &str| (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    for prefix in PREFIXES {
        let rest = key.strip_prefix(prefix).map(|rest| rest.trim_start_matches('-'));
        if let Some(rest) = rest.filter(|rest| digits(rest)) {
            typed.push(padded(prefix, rest));
        }
    }
    typed.dedup();
    let guesses = if digits(key) {
        PREFIXES.iter().map(|prefix| padded(prefix, key)).collect()
    } else {
        Vec::new()
    };
    (typed, guesses)
}

/// The digits of a part of a phone number, as they stand in its international form; empty when it is not one.
fn phone_digits(q: &str) -> String {
    let is_phone = q
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '+' | '(' | ')' | ' ' | '.' | '/' | '-'));
    let digits: String = q.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_start_matches('0');
    if is_phone && digits.len() >= 4 {
        digits.to_owned()
    } else {
        String::new()
    }
}

fn shown(actor: &Actor, hit: Hit) -> Found {
    let subtitle = match hit.phone {
        Some(phone) if actor.can(Capability::SeeCustomerContacts) => format!("{} · {phone}", hit.subtitle),
        Some(phone) => format!("{} · {}", hit.subtitle, disclosure::mask(&phone)),
        None => hit.subtitle,
    };
    Found {
        kind: hit.kind,
        id: hit.id,
        title: hit.title,
        subtitle,
        url: hit.url,
        is_exact: hit.rank == 0,
    }
}

/// Finds at most 20 things, first what is called exactly so.
pub async fn search(shop: &Shop, actor: &Actor, q: &str) -> Result<Vec<Found>, Refusal> {
    let q = q.split_whitespace().collect::<Vec<_>>().join(" ");
    if q.chars().count() > LONGEST || q.chars().any(char::is_control) {
        return Err(Refusal::invalid(
            "/q",
            format!("Search for at most {LONGEST} characters, all of them visible."),
        ));
    }
    if q.is_empty() {
        return Ok(Vec::new());
    }
    let key = q.replace(' ', "").to_uppercase();
    let kinds: Vec<String> = (KINDS.iter().filter(|(_, capability)| actor.can(*capability)))
        .map(|(kind, _)| (*kind).to_owned())
        .collect();
    let (numbers, guesses) = numbers(&q, &key);
    let exact = ExactTerms {
        key: key.clone(),
        numbers,
        guesses,
        phone: Phone::parse(&q).map(|p| p.to_string()).unwrap_or_default(),
        email: Email::parse(&q).map(|e| e.key()).unwrap_or_default(),
        name: q.to_lowercase(),
        kinds: kinds.clone(),
    };
    let mut conn = shop.read().await?;
    let mut hits = db::search::hits_exact(&mut conn, &exact).await?;
    // A single character is like too much.
    if hits.len() < MOST && key.chars().count() >= 2 {
        let words: Vec<String> = q.split(' ').map(str::to_owned).collect();
        // A scanned code or a whole phone that was found is nobody's name, and no part of another phone.
        let is_code = !q.contains(' ') && q.bytes().any(|b| b.is_ascii_digit());
        let is_found = is_code && hits.iter().any(|hit| hit.rank == 0);
        let longest = words
            .iter()
            .max_by_key(|w| w.chars().count())
            .filter(|w| w.chars().count() >= 3 && !is_found)
            .cloned();
        // Who sees phones masked does not find them digit by digit either.
        let digits = if actor.can(Capability::SeeCustomerContacts) && !is_found {
            phone_digits(&q)
        } else {
            String::new()
        };
        let like = LikeTerms {
            key,
            longest: longest.unwrap_or_default(),
            words,
            digits,
            kinds,
        };
        for hit in db::search::hits_like(&mut conn, &like).await? {
            if !hits.iter().any(|h| h.kind == hit.kind && h.id == hit.id) {
                hits.push(hit);
            }
        }
    }
    // What bare digits may mean comes after what has them in it.
    hits.sort_by_key(|h| h.rank);
    hits.truncate(MOST);
    Ok(hits.into_iter().map(|hit| shown(actor, hit)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_type_them() {
        for (typed, means) in [
            ("inv 412", "INV-000412"),
            ("INV-000412", "INV-000412"),
            ("p4t-7", "P4T-000007"),
            ("WCLAIM-1", "WCLAIM-000001"),
        ] {
            let key = typed.replace(' ', "").to_uppercase();
            assert!(numbers(typed, &key).0.contains(&means.to_owned()), "{typed}");
            assert!(numbers(typed, &key).1.is_empty(), "{typed}");
        }
        assert!(numbers("412", "412").1.contains(&"INV-000412".to_owned()));
        assert!(
            numbers("1234567", "1234567")
                .1
                .contains(&"INV-1234567".to_owned())
        );
        assert_eq!(numbers("5cg1", "5CG1").0, ["5CG1"]);
    }

    #[test]
    fn parts_of_phones_are_digits() {
        assert_eq!(phone_digits("024 412"), "24412");
        assert_eq!(phone_digits("+233 24"), "23324");
        assert_eq!(phone_digits("024"), "");
        assert_eq!(phone_digits("INV-0004"), "");
    }
}
