//! Sales put aside, as the till shows and keeps them.

use crate::AppState;
use crate::form::Form;
use app::Refusal;
use app::sales::parked;

/// A sale put aside, in the till's list.
#[derive(Debug)]
pub(super) struct ParkedRow {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) sub: String,
    pub(super) total: String,
}

/// What was put aside today.
pub(super) async fn rows(state: &AppState) -> Result<Vec<ParkedRow>, Refusal> {
    let zone = state.shop.zone();
    let sales = parked::parked(&state.shop).await?;
    Ok(sales
        .into_iter()
        .map(|sale| {
            let at = sale.created_at.with_timezone(&zone).format("%H:%M");
            let by = format!("{} · {at}", sale.parked_by_name);
            ParkedRow {
                id: sale.id.to_string(),
                sub: match sale.customer_name {
                    Some(name) if name != sale.label => format!("{name} · {by}"),
                    _ => by,
                },
                label: sale.label,
                total: sale.total_amount.grouped(),
            }
        })
        .collect())
}

/// The fields that are kept.
pub(super) fn kept(form: &Form) -> Vec<(String, String)> {
    form.pairs()
        .filter(|(name, value)| parked::is_kept(name, value))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}
