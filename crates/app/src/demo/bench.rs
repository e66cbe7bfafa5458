//! What the bench keeps beside its results: photos of devices and of what was brought in, pictures of models, and what machines say of
//! themselves.

use super::people::Staff;
use crate::assets::{self, Asset};
use crate::catalog::{self, ProductModel};
use crate::photos::{self, Subject};
use crate::repairs::{self, RepairTicket};
use crate::{PageRequest, Refusal, Shop, lists};
use chrono::TimeDelta;
use domain::{AssetStatus, Category};
use image::{ImageFormat, Rgb, RgbImage};
use std::io::Write;
use tempfile::NamedTempFile;

/// Photos of a few devices on the way through and of open repairs, pictures of a few models, and a report of two laptops.
pub(super) async fn write(shop: &Shop, staff: &Staff) -> Result<(), Refusal> {
    for (status, captions) in [
        (AssetStatus::QcPending, &["Lid", "Scratch by the hinge"][..]),
        (AssetStatus::ReadyForSale, &["As it is sold"][..]),
        (AssetStatus::DiagnosticsPending, &["As it came"][..]),
    ] {
        let request = PageRequest {
            limit: 2,
            filters: vec![
                ("status".into(), status.to_string()),
                ("category".into(), Category::Laptop.to_string()),
            ],
            ..PageRequest::default()
        };
        for device in lists::page::<Asset>(shop, &assets::LIST, &request).await?.data {
            let at = shop.at(shop.now() - TimeDelta::minutes(40));
            for (shade, caption) in (0_u8..).zip(captions) {
                photograph(&at, staff, Subject::Asset(device.id), caption, shade).await?;
            }
            if status == AssetStatus::DiagnosticsPending {
                assets::keep_report(&at, &staff.kofi, device.id, &report(&device)).await?;
            }
        }
    }
    let request = PageRequest {
        limit: 2,
        filters: vec![("status".into(), domain::RepairStatus::Open.to_string())],
        ..PageRequest::default()
    };
    for ticket in lists::page::<RepairTicket>(shop, &repairs::LIST, &request)
        .await?
        .data
    {
        let at = shop.at(shop.now() - TimeDelta::minutes(30));
        photograph(
            &at,
            staff,
            Subject::RepairTicket(ticket.id),
            "As it was handed in",
            4,
        )
        .await?;
    }
    let request = PageRequest {
        limit: 4,
        filters: vec![("category".into(), Category::Laptop.to_string())],
        ..PageRequest::default()
    };
    let models = lists::page::<ProductModel>(shop, &catalog::LIST, &request).await?;
    for (shade, model) in (0_u8..).zip(models.data) {
        let at = shop.at(shop.now() - TimeDelta::minutes(20));
        catalog::picture::put(&at, &staff.kwame, model.id, drawn_file(shade)?.path()).await?;
    }
    Ok(())
}

async fn photograph(
    shop: &Shop,
    staff: &Staff,
    of: Subject,
    caption: &str,
    shade: u8,
) -> Result<(), Refusal> {
    let file = drawn_file(shade)?;
    photos::take(shop, &staff.kofi, of, file.path(), Some(super::made(caption))).await?;
    Ok(())
}

fn drawn_file(shade: u8) -> Result<NamedTempFile, Refusal> {
    let broken = |e: std::io::Error| Refusal::Internal(e.to_string());
    let mut picture = std::io::Cursor::new(Vec::new());
    drawn(shade)
        .write_to(&mut picture, ImageFormat::Jpeg)
        .map_err(|e| Refusal::Internal(e.to_string()))?;
    let mut file = NamedTempFile::new().map_err(broken)?;
    file.write_all(picture.get_ref()).map_err(broken)?;
    Ok(file)
}

/// An open laptop on a table, drawn: nobody's photo.
fn drawn(shade: u8) -> RgbImage {
    let lift = u32::from(shade) * 18;
    let grey = |light: u32| u8::try_from((light + lift).min(255)).unwrap_or(u8::MAX);
    RgbImage::from_fn(800, 600, |x, y| {
        let within = |left: u32, top: u32, right: u32, bottom: u32| {
            (left..right).contains(&x) && (top..bottom).contains(&y)
        };
        if within(220, 130, 580, 350) {
            Rgb([grey(30), grey(60 + (x - 220) / 8), grey(110 + (y - 130) / 4)])
        } else if within(200, 110, 600, 370) {
            Rgb([grey(40), grey(42), grey(46)])
        } else if within(215, 385, 585, 440) && (x / 24 + y / 18) % 2 == 0 {
            Rgb([grey(60), grey(62), grey(68)])
        } else if within(170, 372, 630, 480) {
            Rgb([grey(130), grey(132), grey(138)])
        } else if y > 420 {
            Rgb([grey(176), grey(148), grey(118)])
        } else {
            Rgb([grey(205), grey(208), grey(205)])
        }
    })
}

/// What its machine says: as the record has it, but for half of its memory.
fn report(device: &Asset) -> String {
    let memory = device
        .ram
        .as_deref()
        .and_then(domain::asset::machine::ram_gigabytes)
        .unwrap_or(8)
        .max(2);
    format!(
        "# dmidecode 3.4\n\
         Handle 0x0001, DMI type 0, 24 bytes\nBIOS Information\n\tVersion: 1.24.1\n\tRelease Date: 01/24/2022\n\n\
         Handle 0x0002, DMI type 1, 27 bytes\nSystem Information\n\tManufacturer: {}\n\tProduct Name: {}\n\tVersion: {}\n\
         \tSerial Number: {}\n\n\
         Handle 0x0003, DMI type 3, 22 bytes\nChassis Information\n\tType: Notebook\n\n\
         Handle 0x0004, DMI type 4, 48 bytes\nProcessor Information\n\tVersion: {}\n\n\
         Handle 0x0005, DMI type 17, 40 bytes\nMemory Device\n\tSize: {} GB\n\tLocator: DIMM A\n\tType: DDR4\n\tSpeed: 2400 MT/s\n\n\
         Handle 0x0006, DMI type 17, 40 bytes\nMemory Device\n\tSize: No Module Installed\n\tLocator: DIMM B\n\n\
         Handle 0x0007, DMI type 22, 26 bytes\nPortable Battery\n\tName: DM3WC64\n\tDesign Capacity: 60000 mWh\n",
        device.brand,
        device.model_name,
        device.model_name,
        device.serial_number,
        device.cpu.as_deref().unwrap_or("Not Specified"),
        memory / 2,
    )
}
