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
    ("cost_before", Capability::SeePurchaseCost),
    ("cost_after", Capability::SeePurchaseCost),
    ("margin", Capability::SeeMargin),
    ("profit", Capability::SeeMargin),
    ("cost_total", Capability::SeeMargin),
    ("repair_cost", Capability::SeePurchaseCost),
    ("charge_cost", Capability::SeePurchaseCost),
    ("invoiced_cost", Capability::SeePurchaseCost),
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
    if role.can(Capability::SeeCustomerContacts) {
        // The counter's way, many times a second: what is absent is left out of the text, without building a tree of it.
        if let Some(text) = leave_out(role, &serde_json::to_vec(record)?) {
            return Ok(text);
        }
    }
    let mut value = serde_json::to_value(record)?;
    strip(role, &mut value);
    serde_json::to_vec(&value)
}

fn is_absent(role: Role, name: &str) -> bool {
    ABSENT
        .iter()
        .any(|(hidden, capability)| *hidden == name && !role.can(*capability))
}

/// JSON as serde_json writes it, without blanks, less the fields that this role may not see. `None` where a name alone does
/// not tell.
fn leave_out(role: Role, json: &[u8]) -> Option<Vec<u8>> {
    let mut seen = Vec::with_capacity(json.len());
    let mut at = 0;
    while let Some(byte) = json.get(at) {
        if *byte != b'"' {
            seen.push(*byte);
            at += 1;
            continue;
        }
        let end = end_of_string(json, at);
        // Only a name is followed by a colon. None of ours has a character that is written with a backslash.
        let name = std::str::from_utf8(&json[at + 1..end - 1]).unwrap_or_default();
        let is_name = json.get(end) == Some(&b':');
        if is_name && SERVICE_COSTS.contains(&name) {
            return None;
        }
        if !is_name || !is_absent(role, name) {
            seen.extend_from_slice(&json[at..end]);
            at = end;
            continue;
        }
        at = end_of_value(json, end + 1);
        if json.get(at) == Some(&b',') {
            at += 1;
        } else if seen.last() == Some(&b',') {
            seen.pop();
        }
    }
    Some(seen)
}

/// Behind the closing quote of the string that begins here.
fn end_of_string(json: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    json.len()
}

/// Behind the value that begins here.
fn end_of_value(json: &[u8], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0_usize);
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => {
                at = end_of_string(json, at);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' | b',' if depth == 0 => return at,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    json.len()
}

fn strip(role: Role, value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| strip(role, item)),
        Value::Object(fields) => {
            fields.retain(|name, _| !is_absent(role, name));
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
    use proptest::prelude::*;
    use serde_json::json;

    fn any_json() -> impl Strategy<Value = Value> {
        let name = prop_oneof![
            Just("margin".to_owned()),
            Just("purchase_cost".to_owned()),
            Just("phone".to_owned()),
            "[a-z\"\\\\:,{}]{0,6}",
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
            Just(Value::from("\"margin\":")),
        ];
        leaf.prop_recursive(5, 60, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(name.clone(), inner, 0..6)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn leaving_out_of_the_text_is_leaving_out_of_the_tree(json in any_json()) {
            let mut stripped = json.clone();
            strip(Role::Sales, &mut stripped);
            let text = leave_out(Role::Sales, &serde_json::to_vec(&json).expect("json")).expect("no costs of service");
            prop_assert_eq!(String::from_utf8(text).expect("UTF-8"), stripped.to_string());
        }
    }

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
