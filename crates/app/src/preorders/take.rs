//! Taking a preorder.

use super::{PreorderDetail, finish};
use crate::customers::NewCustomer;
use crate::patch::text;
use crate::sales::checkout::customer_in_place;
use crate::{Actor, Capability, Refusal, Shop};
use db::preorders::PreorderValues;
use domain::{Amount, CustomerId, Grade, Price, ProductModelId, Text, UserId};
use serde::Deserialize;
use utoipa::ToSchema;

/// What a customer asks for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPreorder {
    /// Who waits, by number.
    #[serde(default)]
    pub customer_id: Option<CustomerId>,
    /// Who waits, recorded in place; an active customer with the same phone is used instead of a duplicate.
    #[serde(default)]
    pub customer: Option<NewCustomer>,
    /// What they want, in their words.
    pub requested_specs: Text<1, 2000>,
    /// The model that would do: what arrives is matched with it.
    #[serde(default)]
    pub product_model_id: Option<ProductModelId>,
    /// The grade that is wanted.
    #[serde(default)]
    pub wanted_grade: Option<Grade>,
    /// What they want to spend at least.
    #[serde(default)]
    pub target_price_min: Option<Price>,
    /// What they want to spend at most.
    #[serde(default)]
    pub target_price_max: Option<Price>,
    /// What it is to cost. Without one, the target price holds from the arrival on, or else the device's list price.
    #[serde(default)]
    pub agreed_price: Option<Amount>,
    /// The deposit to be taken; the shop's usual one unless said otherwise.
    #[serde(default)]
    pub deposit_amount: Option<Amount>,
    /// Notes.
    #[serde(default)]
    pub notes: Option<Text<0, 5000>>,
    /// The policy that the customer agrees to; the shop's own unless said otherwise.
    #[serde(default)]
    pub policy_terms: Option<Text<0, 2000>>,
    /// Who looks after it; whoever takes it unless said otherwise.
    #[serde(default)]
    pub assigned_to: Option<UserId>,
}

/// Takes a preorder. It is ordered when its deposit is paid.
pub async fn create(shop: &Shop, actor: &Actor, new: NewPreorder) -> Result<PreorderDetail, Refusal> {
    actor.require(Capability::EditPreorders)?;
    match (&new.customer_id, &new.customer) {
        (Some(_), Some(_)) => {
            return Err(Refusal::invalid(
                "/customer",
                "Name the customer once: by customer_id, or as a new one.",
            ));
        }
        (None, None) => {
            let text = "A preorder is for somebody: find the customer, or take their name and phone.";
            return Err(Refusal::invalid("/customer_id", text));
        }
        _ => {}
    }
    let (min, max) = (
        new.target_price_min.map(Price::money),
        new.target_price_max.map(Price::money),
    );
    if min.zip(max).is_some_and(|(min, max)| min > max) {
        let text = "The highest price may not be below the lowest.";
        return Err(Refusal::invalid("/target_price_max", text));
    }
    let settings = shop.settings().await?;
    let mut tx = shop.begin(actor).await?;
    let customer_id = match (new.customer_id, &new.customer) {
        (Some(id), _) => id,
        (None, Some(customer)) => customer_in_place(&mut tx, actor, customer).await?,
        (None, None) => {
            return Err(Refusal::Internal(
                "a preorder without a customer got through".into(),
            ));
        }
    };
    if db::preorders::buyer_lock(tx.conn(), customer_id).await?.is_none() {
        let text = "There is no such customer. Find the customer again, or record a new one.";
        return Err(Refusal::invalid("/customer_id", text));
    }
    let values = PreorderValues {
        customer_id,
        requested_specs: new.requested_specs.into_string(),
        product_model_id: new.product_model_id,
        wanted_grade: new.wanted_grade,
        target_price_min: min,
        target_price_max: max,
        agreed_price: new.agreed_price.map(Amount::money),
        deposit_amount: new
            .deposit_amount
            .map_or(settings.preorder_deposit.money(), Amount::money),
        notes: text(new.notes),
        policy_terms: text(new.policy_terms).or_else(|| settings.preorder_policy.clone()),
        assigned_to: new.assigned_to.or(actor.user_id),
    };
    let id = db::preorders::preorder_insert(tx.conn(), &values).await?;
    finish(tx, "preorder.create", 201, None, id, None).await
}
