//! What the demo shop deals in: its models with their prices, and the items on its shelves.

use domain::Category;
use domain::Category::{Accessory, Laptop, Phone};

/// A model; the prices are whole cedis for grades A, B and C.
#[derive(Debug)]
pub(super) struct ModelRow {
    pub(super) category: Category,
    pub(super) brand: &'static str,
    pub(super) model_name: &'static str,
    pub(super) cpu: &'static str,
    pub(super) ram: &'static str,
    pub(super) storage: &'static str,
    pub(super) screen_size: &'static str,
    pub(super) operating_system: &'static str,
    pub(super) prices: [i64; 3],
}

const WINDOWS: &str = "Windows 11 Pro";

#[expect(clippy::too_many_arguments, reason = "a row of the table below")]
const fn model(
    category: Category,
    brand: &'static str,
    model_name: &'static str,
    cpu: &'static str,
    ram: &'static str,
    storage: &'static str,
    screen_size: &'static str,
    operating_system: &'static str,
    prices: [i64; 3],
) -> ModelRow {
    ModelRow {
        category,
        brand,
        model_name,
        cpu,
        ram,
        storage,
        screen_size,
        operating_system,
        prices,
    }
}

/// 24 models.
#[rustfmt::skip]
pub(super) const MODELS: &[ModelRow] = &[
    model(Laptop, "HP", "EliteBook 840 G5", "Core i5-8350U", "8 GB", "256 GB SSD", "14\"", WINDOWS, [3400, 3050, 2700]),
    model(Laptop, "HP", "EliteBook 840 G6", "Core i5-8365U", "16 GB", "256 GB SSD", "14\"", WINDOWS, [3950, 3550, 3150]),
    model(Laptop, "HP", "EliteBook 840 G7", "Core i5-10310U", "16 GB", "512 GB SSD", "14\"", WINDOWS, [4900, 4450, 3950]),
    model(Laptop, "HP", "EliteBook 830 G8", "Core i5-1145G7", "16 GB", "512 GB SSD", "13.3\"", WINDOWS, [5900, 5400, 4800]),
    model(Laptop, "HP", "ProBook 450 G8", "Core i5-1135G7", "8 GB", "256 GB SSD", "15.6\"", WINDOWS, [4600, 4150, 3700]),
    model(Laptop, "Dell", "Latitude 5490", "Core i5-8350U", "8 GB", "256 GB SSD", "14\"", WINDOWS, [3250, 2900, 2550]),
    model(Laptop, "Dell", "Latitude 5400", "Core i5-8365U", "16 GB", "256 GB SSD", "14\"", WINDOWS, [3700, 3350, 2950]),
    model(Laptop, "Dell", "Latitude 7410", "Core i7-10610U", "16 GB", "512 GB SSD", "14\"", WINDOWS, [5600, 5100, 4550]),
    model(Laptop, "Dell", "XPS 13 9310", "Core i7-1185G7", "16 GB", "512 GB SSD", "13.4\"", WINDOWS, [8200, 7500, 6700]),
    model(Laptop, "Lenovo", "ThinkPad T480", "Core i5-8350U", "16 GB", "256 GB SSD", "14\"", WINDOWS, [3600, 3250, 2900]),
    model(Laptop, "Lenovo", "ThinkPad T14 Gen 1", "Core i5-10310U", "16 GB", "512 GB SSD", "14\"", WINDOWS, [5000, 4550, 4050]),
    model(Laptop, "Lenovo", "ThinkPad X1 Carbon Gen 8", "Core i7-10610U", "16 GB", "512 GB SSD", "14\"", WINDOWS, [7200, 6600, 5900]),
    model(Laptop, "Apple", "MacBook Air 13 2020", "Apple M1", "8 GB", "256 GB SSD", "13.3\"", "macOS", [8500, 7900, 7100]),
    model(Laptop, "Apple", "MacBook Pro 13 2020", "Core i5-1038NG7", "16 GB", "512 GB SSD", "13.3\"", "macOS", [8900, 8200, 7300]),
    model(Phone, "Apple", "iPhone 11", "A13 Bionic", "4 GB", "64 GB", "6.1\"", "iOS", [3300, 2950, 2550]),
    model(Phone, "Apple", "iPhone 12", "A14 Bionic", "4 GB", "128 GB", "6.1\"", "iOS", [4600, 4150, 3650]),
    model(Phone, "Apple", "iPhone 13", "A15 Bionic", "4 GB", "128 GB", "6.1\"", "iOS", [6200, 5700, 5050]),
    model(Phone, "Samsung", "Galaxy S20", "Exynos 990", "8 GB", "128 GB", "6.2\"", "Android", [2900, 2550, 2200]),
    model(Phone, "Samsung", "Galaxy S21", "Exynos 2100", "8 GB", "128 GB", "6.2\"", "Android", [3700, 3300, 2850]),
    model(Phone, "Google", "Pixel 6", "Google Tensor", "8 GB", "128 GB", "6.4\"", "Android", [3200, 2850, 2450]),
    model(Accessory, "Dell", "P2419H Monitor", "", "", "", "24\"", "", [1150, 1000, 850]),
    model(Accessory, "HP", "EliteDisplay E243", "", "", "", "23.8\"", "", [1100, 950, 800]),
    model(Accessory, "Lenovo", "ThinkPad USB-C Dock Gen 2", "", "", "", "", "", [850, 750, 620]),
    model(Accessory, "Apple", "AirPods Pro 2", "", "", "", "", "", [1400, 1250, 1050]),
];

/// What a laptop is also sold with in a larger shop: memory, disk, and what that adds to its price.
pub(super) const FITTINGS: &[(&str, &str, i64)] = &[
    ("8 GB", "128 GB SSD", -200),
    ("8 GB", "512 GB SSD", 250),
    ("8 GB", "1 TB SSD", 600),
    ("16 GB", "1 TB SSD", 800),
    ("32 GB", "256 GB SSD", 900),
    ("32 GB", "512 GB SSD", 1100),
    ("32 GB", "1 TB SSD", 1500),
    ("64 GB", "512 GB SSD", 2000),
    ("64 GB", "1 TB SSD", 2400),
];

/// An item of bulk stock; cost and price are whole cedis.
#[derive(Debug)]
pub(super) struct ItemRow {
    pub(super) sku: &'static str,
    pub(super) item_name: &'static str,
    pub(super) category: &'static str,
    pub(super) supplier: &'static str,
    pub(super) cost: i64,
    pub(super) price: i64,
    /// How many a delivery brings; one that is not ordered again runs low.
    pub(super) delivery: i32,
    pub(super) ordered_again: bool,
    /// Whom it is offered to beside a device.
    pub(super) goes_with: Option<Category>,
}

#[expect(clippy::too_many_arguments, reason = "a row of the table below")]
const fn item(
    sku: &'static str,
    item_name: &'static str,
    category: &'static str,
    supplier: &'static str,
    cost: i64,
    price: i64,
    delivery: i32,
    ordered_again: bool,
    goes_with: Option<Category>,
) -> ItemRow {
    ItemRow {
        sku,
        item_name,
        category,
        supplier,
        cost,
        price,
        delivery,
        ordered_again,
        goes_with,
    }
}

const MAKOLA: &str = "Makola Electronics";
const CIRCLE: &str = "Circle Phone Parts";

/// 12 items, beside the services that every shop has.
#[rustfmt::skip]
pub(super) const ITEMS: &[ItemRow] = &[
    item("CHG-65W", "65 W USB-C charger", "Charger", MAKOLA, 140, 240, 40, true, Some(Laptop)),
    item("CHG-HP45", "HP 45 W charger, blue tip", "Charger", MAKOLA, 75, 130, 30, true, Some(Laptop)),
    item("CHG-APL61", "Apple 61 W USB-C charger", "Charger", MAKOLA, 210, 350, 15, true, Some(Laptop)),
    item("CHG-PH20", "20 W USB-C phone charger", "Charger", CIRCLE, 55, 95, 40, true, Some(Phone)),
    item("MSE-WL", "Wireless mouse", "Mouse", MAKOLA, 38, 70, 40, true, Some(Laptop)),
    item("RAM-D4-8", "8 GB DDR4 SODIMM", "RAM", "Kantamanto Memory", 190, 300, 20, true, None),
    item("RAM-D4-16", "16 GB DDR4 SODIMM", "RAM", "Kantamanto Memory", 340, 520, 9, false, None),
    item("SSD-512", "512 GB NVMe SSD", "Storage", "Kantamanto Memory", 330, 490, 20, true, None),
    item("CBL-HDMI", "HDMI cable, 1.5 m", "Cable", MAKOLA, 18, 40, 40, true, Some(Accessory)),
    item("CBL-C2L", "USB-C to Lightning cable", "Cable", CIRCLE, 35, 65, 8, false, Some(Phone)),
    item("BAG-15", "Laptop bag, 15.6\"", "Bag", MAKOLA, 80, 150, 25, true, Some(Laptop)),
    item("CASE-PH", "Phone case, clear", "Case", CIRCLE, 15, 40, 50, true, Some(Phone)),
];

/// Who sells lots to the shop.
pub(super) const SUPPLIERS: &[&str] = &[
    "ReTek Trading, Dubai",
    "Greenloop IT, Rotterdam",
    "Circular Devices, Manchester",
    "Accra Corporate Disposals",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_price_covers_its_cost_and_grades_fall() {
        for row in MODELS {
            assert!(
                row.prices[0] > row.prices[1] && row.prices[1] > row.prices[2],
                "{}",
                row.model_name
            );
        }
        for row in ITEMS {
            assert!(row.price > row.cost, "{}", row.sku);
        }
        assert_eq!((MODELS.len(), ITEMS.len()), (24, 12));
    }
}
