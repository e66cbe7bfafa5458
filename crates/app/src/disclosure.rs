//! What a role may see of a record: the one list of fields that are left out or masked, applied to every JSON answer.
//!
//! PRODUCT.md section 1: columns that a role may not see are absent, not just hidden; Technician and Warehouse see
//! customers' phone numbers masked.

use domain::{Capability, Role};
use serde::Serialize;
use serde_json::Value;

/// Fields that are absent without the capability.
const ABSENT: &[(&str, Capability)] = &[
    ("purchase_cost", Capability::SeePurchaseCost),
    ("landed_cost", Capability::SeePurchaseCost),
    ("unit_cost", Capability::SeePurchaseCost),
    ("stock_value", Capability::SeePurchaseCost),
    ("margin", Capability::SeeMargin),
    ("profit", Capability::SeeMargin),
    ("cost_total", Capability::SeeMargin),
    ("repair_cost", Capability::SeePurchaseCost),
];

/// What a repair or a claim costs the shop. Where the customer pays a repair, these are prices, and everybody sees them.
const SERVICE_COSTS: &[&str] = &["labor_cost", "parts_cost", "total_cost"];

/// Fields that are masked without the right to see customers' contacts.
const MASKED: &[&str] = &["phone", "alternate_phone", "customer_phone"];
/// Contact fields that are absent without that right.
const CONTACT: &[&str] = &["address", "customer_email"];

/// Whether this role sees everything, so that nothing needs to be looked through.
fn sees_all(role: Role) -> bool {
    role.can(Capability::SeeCustomerContacts) && ABSENT.iter().all(|(_, c)| role.can(*c))
}

/// The JSON of a record as this role may see it.
pub fn disclose<T: Serialize + ?Sized>(role: Role, record: &T) -> Result<Vec<u8>, serde_json::Error> {
    if sees_all(role) {
        return serde_json::to_vec(record);
    }
    let mut value = serde_json::to_value(record)?;
    strip(role, &mut value);
    serde_json::to_vec(&value)
}

fn strip(role: Role, value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| strip(role, item)),
        Value::Object(fields) => {
            fields.retain(|name, _| {
                !ABSENT
                    .iter()
                    .any(|(hidden, capability)| hidden == name && !role.can(*capability))
            });
            let customer_pays = fields.get("paid_by").is_some_and(|by| by == "Customer");
            if !customer_pays && !role.can(Capability::SeePurchaseCost) {
                fields.retain(|name, _| !SERVICE_COSTS.contains(&name.as_str()));
            }
            if !role.can(Capability::SeeCustomerContacts) {
                // A user's own e-mail address is no secret to them; a customer's record is told by its kind of customer.
                if fields.contains_key("customer_type") {
                    fields.remove("email");
                }
                fields.retain(|name, _| !CONTACT.contains(&name.as_str()));
                for name in MASKED {
                    if let Some(Value::String(phone)) = fields.get_mut(*name) {
                        *phone = mask(phone);
                    }
                }
            }
            fields.values_mut().for_each(|field| strip(role, field));
        }
        _ => {}
    }
}

/// `+233244123456` as `+233•••••••56`: enough to recognise, not enough to call.
pub fn mask(phone: &str) -> String {
    let count = phone.chars().count();
    phone
        .chars()
        .enumerate()
        .map(|(i, c)| {
            if (c == '+' && i == 0) || i < 4 || i + 2 >= count {
                c
            } else {
                '•'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_role_sees_its_columns_only() {
        let record = json!({"id": 1, "purchase_cost": "10.00", "lines": [{"unit_cost": "1.00", "margin": "2.00"}],
            "customer": {"customer_type": "Retail", "email": "ama@example.com", "phone": "+233244123456", "full_name": "Ama"}});
        let seen =
            |role| serde_json::from_slice::<Value>(&disclose(role, &record).expect("json")).expect("json");
        assert_eq!(seen(Role::Manager), record);
        assert_eq!(
            seen(Role::Sales),
            json!({"id": 1, "lines": [{}],
                "customer": {"customer_type": "Retail", "email": "ama@example.com", "phone": "+233244123456", "full_name": "Ama"}})
        );
        assert_eq!(
            seen(Role::Warehouse),
            json!({"id": 1, "purchase_cost": "10.00", "lines": [{"unit_cost": "1.00"}],
                "customer": {"customer_type": "Retail", "phone": "+233•••••••56", "full_name": "Ama"}})
        );
        assert_eq!(
            seen(Role::Technician),
            json!({"id": 1, "lines": [{}], "customer": {"customer_type": "Retail", "phone": "+233•••••••56", "full_name": "Ama"}})
        );
    }
}
