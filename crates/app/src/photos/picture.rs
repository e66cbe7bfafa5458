//! Making a photo ready to be kept: judged by its header, decoded, turned upright, made smaller, and written anew as JPEG, so
//! that nothing of what the camera wrote beside the picture (place, time, number of the camera) stays.

use crate::Refusal;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgb, RgbImage};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use tokio::sync::Semaphore;

/// The largest file, in bytes.
pub const FILE_LIMIT: u64 = 10 * 1024 * 1024;
/// The most pixels, width times height: 24-megapixel cameras pass.
pub const PIXEL_LIMIT: u64 = 25_000_000;
/// The most bytes that a picture takes in memory while it is decoded.
const DECODED_LIMIT: u64 = PIXEL_LIMIT * 4;
/// The longer side of what is kept, in pixels.
const SIDE: u32 = 1600;
/// The longer side of the small picture.
const SMALL_SIDE: u32 = 320;
const QUALITY: u8 = 82;

/// One at a time: each takes up to 100 MB while it is decoded, and a progressive JPEG as much again for what it gathers before it
/// is drawn, whatever number of phones send at once.
static AT_WORK: Semaphore = Semaphore::const_new(1);

/// A picture as it is kept.
#[derive(Debug)]
pub(crate) struct Picture {
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) image: Vec<u8>,
    pub(super) thumbnail: Vec<u8>,
}

/// Reads and rewrites the photo in a file, on a thread that no request waits on.
pub(crate) async fn prepare(path: &Path) -> Result<Picture, Refusal> {
    let broken = |e: String| Refusal::Internal(format!("a photo could not be prepared: {e}"));
    let _place = AT_WORK.acquire().await.map_err(|e| broken(e.to_string()))?;
    let path = path.to_owned();
    tokio::task::spawn_blocking(move || rewrite(&path))
        .await
        .map_err(|e| broken(e.to_string()))?
}

fn refuse(sentence: impl Into<String>) -> Refusal {
    Refusal::invalid("/file", sentence)
}

fn unreadable(error: &ImageError) -> Refusal {
    tracing::debug!(%error, "a photo could not be read");
    match error {
        ImageError::Limits(_) => too_large(),
        _ => cut_short(),
    }
}

fn cut_short() -> Refusal {
    refuse("This photo is damaged or was cut short. Take it again, or choose another one.")
}

/// Whether a JPEG reaches its own end. The decoder paints what is missing grey and says nothing.
fn is_whole_jpeg(path: &Path) -> std::io::Result<bool> {
    let mut file = BufReader::new(File::open(path)?);
    let mut byte = [0_u8; 1];
    loop {
        if file.skip_until(0xFF)? == 0 {
            return Ok(false);
        }
        let mut marker = 0xFF;
        while marker == 0xFF {
            if file.read(&mut byte)? == 0 {
                return Ok(false);
            }
            marker = byte[0];
        }
        match marker {
            // An escaped byte of the picture, a mark within it, or the start.
            0x00 | 0x01 | 0xD0..=0xD8 => {}
            0xD9 => return Ok(true),
            _ => {
                let mut length = [0_u8; 2];
                if file.read_exact(&mut length).is_err() {
                    return Ok(false);
                }
                file.seek_relative(i64::from(u16::from_be_bytes(length)).saturating_sub(2).max(0))?;
            }
        }
    }
}

fn too_large() -> Refusal {
    refuse(format!(
        "This photo has more than {} megapixels. Take it at a lower resolution, or choose a smaller one.",
        PIXEL_LIMIT / 1_000_000
    ))
}

fn rewrite(path: &Path) -> Result<Picture, Refusal> {
    let broken =
        |error: std::io::Error| Refusal::Internal(format!("an uploaded photo could not be read: {error}"));
    match std::fs::metadata(path).map_err(broken)?.len() {
        0 => return Err(refuse("Take or choose a photo first.")),
        size if size > FILE_LIMIT => {
            return Err(refuse(format!(
                "This photo is larger than {} MB. Take it at a lower resolution, or choose a smaller one.",
                FILE_LIMIT >> 20
            )));
        }
        _ => {}
    }
    let mut reader = ImageReader::open(path)
        .and_then(ImageReader::with_guessed_format)
        .map_err(broken)?;
    if !matches!(
        reader.format(),
        Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)
    ) {
        return Err(refuse(if is_heic(path) {
            "This photo is in Apple's HEIC format. Set the camera to Most Compatible (Settings, Camera, Formats) and take it again."
        } else {
            "This is no photo that can be kept. Send JPEG, PNG or WebP."
        }));
    }
    if reader.format() == Some(ImageFormat::Jpeg) && !is_whole_jpeg(path).map_err(broken)? {
        return Err(cut_short());
    }
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(DECODED_LIMIT);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|e| unreadable(&e))?;
    // Judged by what the header says, before a pixel is decoded.
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXEL_LIMIT || decoder.total_bytes() > DECODED_LIMIT {
        return Err(too_large());
    }
    if width < 16 || height < 16 || width > 40 * height || height > 40 * width {
        return Err(refuse(
            "This picture is too small or too narrow to show anything. Take the photo again.",
        ));
    }
    let upright = decoder.orientation().map_err(|e| unreadable(&e))?;
    let decoded = DynamicImage::from_decoder(decoder).map_err(|e| unreadable(&e))?;
    let smaller = if width.max(height) > SIDE {
        decoded.thumbnail(SIDE, SIDE)
    } else {
        decoded
    };
    let mut opaque = on_white(&smaller);
    drop(smaller);
    opaque.apply_orientation(upright);
    let side = |pixels: u32| i32::try_from(pixels).unwrap_or(i32::MAX);
    let small = if opaque.width().max(opaque.height()) > SMALL_SIDE {
        opaque.thumbnail(SMALL_SIDE, SMALL_SIDE)
    } else {
        opaque.clone()
    };
    Ok(Picture {
        width: side(opaque.width()),
        height: side(opaque.height()),
        image: jpeg(&opaque)?,
        thumbnail: jpeg(&small)?,
    })
}

/// `….ftypheic`, as iPhones send it when they are not told otherwise.
fn is_heic(path: &Path) -> bool {
    let mut head = [0_u8; 12];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut head));
    read.is_ok() && &head[4..8] == b"ftyp" && matches!(&head[8..11], b"hei" | b"mif" | b"hev")
}

/// What is transparent becomes white, as on paper.
fn on_white(picture: &DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return DynamicImage::ImageRgb8(picture.to_rgb8());
    }
    let whole = picture.to_rgba8();
    let mut opaque = RgbImage::new(whole.width(), whole.height());
    for (from, to) in whole.pixels().zip(opaque.pixels_mut()) {
        let [r, g, b, alpha] = from.0.map(u32::from);
        let over =
            |colour: u32| u8::try_from((colour * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX);
        *to = Rgb([over(r), over(g), over(b)]);
    }
    DynamicImage::ImageRgb8(opaque)
}

fn jpeg(picture: &DynamicImage) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY)
        .encode_image(picture)
        .map_err(|e| Refusal::Internal(format!("a photo could not be written: {e}")))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let picture = RgbImage::from_fn(width, height, |x, y| Rgb([(x % 256) as u8, (y % 256) as u8, 120]));
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn sentence(bytes: &[u8]) -> String {
        match rewrite(file(bytes).path()) {
            Err(Refusal::Invalid(errors)) => errors[0].detail.clone(),
            other => panic!("{other:?}"),
        }
    }

    /// A PNG whose header says so many pixels and which has no others.
    fn hollow_png(width: u32, height: u32) -> Vec<u8> {
        let mut png = encoded(16, 16, ImageFormat::Png);
        png[16..20].copy_from_slice(&width.to_be_bytes());
        png[20..24].copy_from_slice(&height.to_be_bytes());
        let crc = png[12..29].iter().fold(u32::MAX, |mut crc, byte| {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
            }
            crc
        });
        png[29..33].copy_from_slice(&(!crc).to_be_bytes());
        png
    }

    #[test]
    fn photos_are_made_smaller_and_turned_upright() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let kept = rewrite(file(&encoded(2000, 1000, format)).path()).unwrap();
            assert_eq!((kept.width, kept.height), (1600, 800), "{format:?}");
            let small = image::load_from_memory(&kept.thumbnail).unwrap();
            assert_eq!((small.width(), small.height()), (320, 160));
            assert!(kept.image.starts_with(&[0xff, 0xd8]));
        }
        // A quarter turn in EXIF, with a place beside it.
        let plain = encoded(400, 200, ImageFormat::Jpeg);
        let exif =
            b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0GPS 5.6037N 0.1870W";
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        let turned = [&plain[..2], &[0xff, 0xe1], &length, exif, &plain[2..]].concat();
        let kept = rewrite(file(&turned).path()).unwrap();
        assert_eq!((kept.width, kept.height), (200, 400));
        let holds = |needle: &[u8]| kept.image.windows(needle.len()).any(|w| w == needle);
        assert!(!holds(b"Exif") && !holds(b"GPS"));
    }

    #[test]
    fn what_is_too_much_is_refused_by_its_header() {
        assert!(sentence(&hollow_png(8660, 5774)).contains("25 megapixels"));
        assert!(sentence(&hollow_png(100_000, 100_000)).contains("25 megapixels"));
        assert!(sentence(&hollow_png(2_000_000_000, 2_000_000_000)).contains("megapixels"));
        assert!(sentence(&vec![0xff; 11 * 1024 * 1024]).contains("10 MB"));
        assert!(sentence(b"").contains("first"));
        assert!(sentence(b"GIF89a not a photo").contains("JPEG, PNG or WebP"));
        assert!(sentence(b"\0\0\0\x18ftypheic\0\0\0\0").contains("HEIC"));
        assert!(sentence(b"<svg xmlns='http://www.w3.org/2000/svg'/>").contains("JPEG, PNG or WebP"));
        assert!(sentence(&encoded(8, 8, ImageFormat::Png)).contains("too small"));
        let whole = encoded(300, 300, ImageFormat::Png);
        assert!(sentence(&whole[..whole.len() / 2]).contains("damaged"));
    }

    #[test]
    fn transparent_is_white() {
        let clear = DynamicImage::ImageRgba8(image::RgbaImage::from_pixel(20, 20, image::Rgba([0, 0, 0, 0])));
        assert_eq!(on_white(&clear).to_rgb8().get_pixel(3, 3).0, [255, 255, 255]);
    }
}
