//! Lots (PRODUCT.md section 2): what came together from a supplier, what was expected, and the charges that its devices carry.
//!
//! docs/lots.md says which figure counts where. A charge is posted under the lock of its lot, so that nobody receives into it
//! meanwhile; what a device carries is kept as rows, and posted rows stay.

mod change;
mod charge;

pub use change::{LotChange, NewLot, change, create};
pub use charge::{ChargeNumber, NewCharge, charge, reverse, spread_again};
pub use db::lots::{
    AssetShare, LINES, LOTS as LIST, Lot, LotCharge, LotDetail, LotLine, LotProfit, LotStage, LotTotals,
    SoldMargin,
};

use crate::export::{Cell, Column, OnPhone, Row};
use crate::{Actor, Capability, Page, PageRequest, Refusal, Shop, Tx};
use domain::{AssetId, Currency, ExchangeRate, InvoiceId, LotId, Money, MoneySum, Tone};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

fn not_found() -> Refusal {
    Refusal::not_found("lot")
}

/// Reads a lot with everything on its page.
pub async fn find(shop: &Shop, id: LotId) -> Result<LotDetail, Refusal> {
    db::lots::lot_detail(&mut *shop.read().await?, id)
        .await?
        .ok_or_else(not_found)
}

/// The lot with this number of a record, for a form that names one.
pub async fn named(shop: &Shop, id: LotId) -> Result<Lot, Refusal> {
    db::lots::lot_find(&mut *shop.read().await?, id)
        .await?
        .ok_or_else(not_found)
}

/// A page of the supplier's list of a lot, beside what came.
pub async fn lines(shop: &Shop, id: LotId, request: &PageRequest) -> Result<Page<LotLine>, Refusal> {
    named(shop, id).await?;
    let mut request = request.clone();
    request.filters.push(("lot_id".into(), id.to_string()));
    crate::lists::page(shop, &db::lots::LINES_OF_LOT, &request).await
}

/// Writes the sums of all lots anew whose devices have changed since (`lot_figures`), a few in a transaction, and says of how many.
pub async fn fold_figures(shop: &Shop) -> Result<u64, Refusal> {
    const AT_ONCE: u32 = 20;
    let mut all = 0;
    loop {
        let mut tx = shop.begin(&Actor::system()).await?;
        let folded = db::lots::figures_fold(tx.conn(), AT_ONCE.into()).await?;
        tx.commit(204, &()).await?;
        all += folded;
        if folded < u64::from(AT_ONCE) {
            return Ok(all);
        }
    }
}

/// The sums over the lots that a list shows.
pub async fn totals(shop: &Shop, actor: &Actor, request: &PageRequest) -> Result<LotTotals, Refusal> {
    actor.require(Capability::SeeMargin)?;
    let mut conn = shop.read().await?;
    Ok(db::lots::LOTS.sums(&mut conn, request, db::lots::TOTALS).await?)
}

/// Most lots that a form offers; an older one is reached from its own page.
const OFFERED: i64 = 200;

/// The open lots, for choosing one.
pub async fn open(shop: &Shop) -> Result<Vec<(LotId, String)>, Refusal> {
    Ok(db::lots::lots_open(&mut *shop.read().await?, OFFERED).await?)
}

/// What a device carries of its lot's charges.
pub async fn shares_of(shop: &Shop, actor: &Actor, id: AssetId) -> Result<Vec<AssetShare>, Refusal> {
    if !actor.can(Capability::SeePurchaseCost) {
        return Ok(Vec::new());
    }
    Ok(db::lots::asset_shares(&mut *shop.read().await?, id).await?)
}

/// What a sold device brought and cost, as known then and by now; nothing for who may not see profit.
pub async fn margin_of(shop: &Shop, actor: &Actor, id: AssetId) -> Result<Option<SoldMargin>, Refusal> {
    if !actor.can(Capability::SeeMargin) {
        return Ok(None);
    }
    Ok(db::lots::asset_margin(&mut *shop.read().await?, id).await?)
}

/// What a device cost, and what it brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AssetCosts {
    /// What was paid for it.
    pub purchase_cost: Option<Money>,
    /// The same with its share of the lot's charges.
    pub landed_cost: Option<Money>,
    /// What its repairs cost the shop.
    #[schema(value_type = MoneySum)]
    pub repair_cost: Money,
    /// Its shares of the lot's charges, without those that were taken back.
    pub charges: Vec<AssetShare>,
    /// What it brought, once it is sold; absent for roles that may not see margins.
    #[schema(required = false)]
    pub margin: Option<SoldMargin>,
}

/// What a device cost, and what it brought: what its page shows of money.
pub async fn costs_of(shop: &Shop, actor: &Actor, id: AssetId) -> Result<AssetCosts, Refusal> {
    actor.require(Capability::SeePurchaseCost)?;
    let found = db::assets::asset_find(&mut *shop.read().await?, id).await?;
    let asset = found.ok_or_else(|| Refusal::not_found("device"))?.asset;
    Ok(AssetCosts {
        purchase_cost: asset.purchase_cost,
        landed_cost: asset.landed_cost,
        repair_cost: crate::repairs::repair_cost(shop, id).await?,
        charges: shares_of(shop, actor, id).await?,
        margin: margin_of(shop, actor, id).await?,
    })
}

/// By how much more the devices of an invoice cost by now than was known at the sale; nothing for who may not see profit.
pub async fn later_cost(shop: &Shop, actor: &Actor, id: InvoiceId) -> Result<Money, Refusal> {
    if !actor.can(Capability::SeeMargin) {
        return Ok(Money::ZERO);
    }
    Ok(db::lots::invoice_later_cost(&mut *shop.read().await?, id).await?)
}

/// The currency and its rate, which must go together.
pub(crate) fn money_of(
    currency: Option<Currency>,
    rate: Option<ExchangeRate>,
) -> Result<(Currency, ExchangeRate), Refusal> {
    let currency = currency.unwrap_or_else(Currency::cedi);
    match (currency.is_cedi(), rate) {
        (true, None) => Ok((currency, ExchangeRate::ONE)),
        (true, Some(rate)) if rate == ExchangeRate::ONE => Ok((currency, rate)),
        (true, Some(_)) => Err(Refusal::invalid(
            "/exchange_rate",
            "A cedi is a cedi: leave the rate out, or choose the other currency.",
        )),
        (false, Some(rate)) => Ok((currency, rate)),
        (false, None) => Err(Refusal::invalid(
            "/exchange_rate",
            format!("Say how many cedis one {currency} was."),
        )),
    }
}

/// Ends a use case on a lot: reads what it is now, writes the audit row, commits.
async fn finish(
    mut tx: Tx,
    action: &str,
    status: u16,
    id: LotId,
    before: Option<Value>,
    what: Option<Value>,
) -> Result<LotDetail, Refusal> {
    let after = db::lots::lot_detail(tx.conn(), id).await?.ok_or_else(not_found)?;
    let told = what.unwrap_or_else(|| json!(after.lot));
    tx.audit(action, "lots", id.get(), before, Some(told)).await?;
    tx.commit(status, &after).await?;
    Ok(after)
}

/// How many devices should have come: those on its list, or as many as somebody wrote down. 0 where nobody knows.
fn should_come(lot: &Lot) -> i64 {
    lot.line_count.max(lot.expected_count.unwrap_or_default().into())
}

impl Row for Lot {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("lot_number", |l| Cell::code(&l.lot_number)).in_title(),
        Column::<Self>::new("supplier", |l| l.supplier.as_ref().into()).sorts("supplier"),
        Column::<Self>::new("supplier_reference", |l| l.supplier_reference.as_ref().into())
            .label("Reference")
            .unusual(),
        Column::<Self>::new("state", |l| match l.closed_at {
            Some(_) => Cell::state("Closed", Tone::Neutral),
            None => Cell::state("Open", Tone::Info),
        })
        .on_phone(OnPhone::State),
        Column::<Self>::new("received_date", |l| l.received_date.into())
            .label("Came in")
            .sorts("received_date"),
        Column::<Self>::new("currency", |l| l.currency.as_str().into()).unusual(),
        Column::<Self>::new("exchange_rate", |l| l.exchange_rate.decimal().into())
            .label("Rate")
            .end()
            .unusual(),
        Column::<Self>::new("expected", |l| should_come(l).into()).end(),
        Column::<Self>::new("devices", |l| l.device_count.into()).end(),
        Column::<Self>::new("sold", |l| l.sold_count.into()).end(),
        Column::<Self>::new("notes", |l| l.notes.as_ref().into()).unusual(),
        Column::<Self>::only(Capability::SeePurchaseCost, "purchase_cost", |l| {
            l.purchase_cost.into()
        })
        .label("Bought for")
        .end()
        .unusual(),
        Column::<Self>::only(Capability::SeePurchaseCost, "charge_cost", |l| {
            l.charge_cost.into()
        })
        .label("Charges")
        .end()
        .unusual(),
        Column::<Self>::only(Capability::SeePurchaseCost, "landed_cost", |l| {
            l.landed_cost.into()
        })
        .label("Cost")
        .end()
        .on_phone(OnPhone::Amount),
        Column::<Self>::only(Capability::SeeMargin, "sales_amount", |l| {
            l.profit.sales_amount.into()
        })
        .label("Sales")
        .end()
        .unusual(),
        Column::<Self>::only(Capability::SeeMargin, "margin_at_sale", |l| {
            l.profit.margin_at_sale.into()
        })
        .label("Margin then")
        .end()
        .unusual(),
        Column::<Self>::only(Capability::SeeMargin, "margin_now", |l| {
            l.profit.margin_now.into()
        })
        .label("Margin")
        .end(),
        Column::<Self>::only(Capability::SeeMargin, "return_percent", |l| {
            l.profit.return_percent.clone().map_or(Cell::Empty, Cell::Number)
        })
        .label("Return, %")
        .end()
        .unusual(),
        Column::<Self>::only(Capability::SeeMargin, "recovered_percent", |l| {
            l.profit
                .recovered_percent
                .clone()
                .map_or(Cell::Empty, Cell::Number)
        })
        .label("Money back, %")
        .end()
        .unusual(),
    ];
}

impl Row for LotLine {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("serial_number", |l| (&l.serial_number).into()),
        Column::new("model", |l| (&l.model).into()),
        Column::new("outcome", |l| (&l.outcome).into()),
        Column::only(Capability::SeePurchaseCost, "invoiced_cost", |l| {
            l.invoiced_cost.into()
        }),
        Column::only(Capability::SeePurchaseCost, "purchase_cost", |l| {
            l.purchase_cost.into()
        }),
        Column::new("asset_tag", |l| l.asset_tag.as_ref().into()),
        Column::new("received_model", |l| l.received_model.as_ref().into()),
        Column::only(Capability::SeePurchaseCost, "received_cost", |l| {
            l.unit_cost.into()
        }),
        Column::new("status", |l| l.status.map(|s| s.as_str()).into()),
    ];
}
