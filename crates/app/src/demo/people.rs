//! Who works in the demo shop, and who buys there.

use super::made;
use crate::customers::NewCustomer;
use crate::users::NewUser;
use crate::{Actor, Refusal, RequestInfo, Shop, users};
use domain::{CustomerType, Role, UserId};

/// What every demo user signs in with.
pub const PASSWORD: &str = "payless-demo-2026";

/// One person a role.
pub const STAFF: &[(&str, Role, &str, &str)] = &[
    ("efua", Role::Admin, "Efua Boateng", "020 811 4021"),
    ("kwame", Role::Manager, "Kwame Asante", "024 455 1902"),
    ("ama", Role::Sales, "Ama Mensah", "054 302 7716"),
    ("kofi", Role::Technician, "Kofi Owusu", "027 640 1183"),
    ("yaw", Role::Warehouse, "Yaw Darko", "055 218 9934"),
];

/// Those who do something in the story.
#[derive(Debug)]
pub(super) struct Staff {
    pub(super) efua: Actor,
    pub(super) kwame: Actor,
    pub(super) ama: Actor,
    pub(super) kofi: Actor,
    pub(super) yaw: Actor,
    /// The names of those who were made now.
    pub(super) new: Vec<String>,
}

/// Finds the five users, and makes those who are missing.
pub(super) async fn staff(shop: &Shop) -> Result<Staff, Refusal> {
    let mut new = Vec::new();
    let mut actors = Vec::new();
    for (username, role, full_name, phone) in STAFF {
        let known = db::accounts::account_find(&mut *shop.read().await?, username).await?;
        if let Some(account) = known {
            if account.role != *role || !account.is_active {
                return Err(Refusal::conflict(
                    "demo_user_taken",
                    format!(
                        "There is a user {username} already who is no active {role}. Rename that user, or make the demo \
                         data in an empty shop: bizhub seed --demo --data-dir ANOTHER-FOLDER."
                    ),
                ));
            }
            actors.push(actor(account.id, *role, username, &account.full_name));
            continue;
        }
        let user = NewUser {
            username: made(username),
            email: made(&format!("{username}@payless4tech.example")),
            password: made(PASSWORD),
            role: *role,
            full_name: made(full_name),
            phone: Some(made(phone)),
            is_active: None,
            must_change_password: Some(false),
        };
        let user = users::create(shop, &Actor::system(), user).await?;
        new.push(user.username.clone());
        actors.push(actor(user.id, *role, username, full_name));
    }
    let of = |role: Role| {
        actors
            .iter()
            .find(|actor| actor.role == role)
            .cloned()
            .expect("the table above has one person a role")
    };
    Ok(Staff {
        efua: of(Role::Admin),
        kwame: of(Role::Manager),
        ama: of(Role::Sales),
        kofi: of(Role::Technician),
        yaw: of(Role::Warehouse),
        new,
    })
}

fn actor(id: UserId, role: Role, username: &str, full_name: &str) -> Actor {
    Actor {
        user_id: Some(id),
        role,
        full_name: full_name.to_owned(),
        username: username.to_owned(),
        request: RequestInfo::default(),
    }
}

const FIRST: &[&str] = &[
    "Abena", "Akosua", "Akua", "Esi", "Adwoa", "Yaa", "Afia", "Naa", "Dede", "Selasi", "Mawuli", "Kojo",
    "Kwabena", "Kwaku", "Fiifi", "Nii", "Edem", "Senyo", "Ibrahim", "Fuseini", "Mariam", "Rahina", "Ato",
    "Kobina", "Emefa", "Delali",
];

const LAST: &[&str] = &[
    "Osei",
    "Appiah",
    "Agyeman",
    "Addo",
    "Ofori",
    "Quartey",
    "Lamptey",
    "Tetteh",
    "Amegashie",
    "Dogbe",
    "Kuffour",
    "Ansah",
    "Baidoo",
    "Essien",
    "Sarpong",
    "Yeboah",
    "Alhassan",
    "Mahama",
    "Frimpong",
    "Nkrumah",
    "Adjei",
    "Aidoo",
    "Botchwey",
];

const TOWNS: &[(&str, &str, &str)] = &[
    ("Ring Road Central, Osu", "Accra", "Greater Accra"),
    ("Spintex Road, near Coca-Cola", "Accra", "Greater Accra"),
    ("Community 11", "Tema", "Greater Accra"),
    ("Adenta Housing Down", "Accra", "Greater Accra"),
    ("Adum, opposite the Post Office", "Kumasi", "Ashanti"),
    ("Pedu Junction", "Cape Coast", "Central"),
    ("Market Circle", "Takoradi", "Western"),
    ("East Legon, A&C Mall", "Accra", "Greater Accra"),
];

const BUSINESSES: &[&str] = &[
    "Kumasi Computer World",
    "Tema Tech Traders",
    "Cape Coast Campus Computers",
    "Takoradi Office Supplies",
    "Bright Future Academy",
    "Volta Devices",
    "Tamale Digital Hub",
];

/// Whether the n-th customer buys to sell on, as three of ten do.
pub(super) fn sells_on(n: usize) -> bool {
    matches!(n % 10, 2 | 5 | 8)
}

/// The n-th customer.
pub(super) fn customer(n: usize) -> NewCustomer {
    let wholesale = sells_on(n);
    let (first, last) = (
        FIRST[(n * 7) % FIRST.len()],
        LAST[(n * 5 + n / FIRST.len()) % LAST.len()],
    );
    let (address, city, region) = TOWNS[n % TOWNS.len()];
    let business = BUSINESSES[(n / 3) % BUSINESSES.len()];
    let branch = n / (3 * BUSINESSES.len());
    let business = if branch == 0 {
        business.to_owned()
    } else {
        format!("{business} {}", branch + 1)
    };
    NewCustomer {
        customer_type: Some(if wholesale {
            CustomerType::Wholesale
        } else {
            CustomerType::Retail
        }),
        full_name: made(&format!("{first} {last}")),
        business_name: wholesale.then(|| made(&business)),
        email: (n % 3 != 1).then(|| {
            made(&format!(
                "{}.{}{n}@example.com",
                first.to_lowercase(),
                last.to_lowercase()
            ))
        }),
        phone: made(&phone(n)),
        alternate_phone: None,
        address: n.is_multiple_of(2).then(|| made(address)),
        city: Some(made(city)),
        region: Some(made(region)),
        notes: wholesale.then(|| made("Wants a pro-forma by WhatsApp before every order.")),
    }
}

/// A mobile number that no other customer has.
fn phone(n: usize) -> String {
    const NETWORKS: &[&str] = &["024", "054", "020", "055", "050", "027", "026", "059"];
    // 7,919 is a prime: every n below ten million gives seven other digits.
    let digits = (n * 7_919_999 + 4_123_456) % 10_000_000;
    format!("{}{digits:07}", NETWORKS[n % NETWORKS.len()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn ten_thousand_customers_have_as_many_phones() {
        let phones: HashSet<String> = (0..10_000).map(|n| customer(n).phone.to_string()).collect();
        assert_eq!(phones.len(), 10_000);
        assert!(phones.iter().all(|phone| phone.starts_with("+233")));
    }
}
