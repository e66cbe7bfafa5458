use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};

use crate::DocumentError;

/// The white border that readers need around a code, in modules.
const QUIET_ZONE: usize = 4;

/// A QR code of `text` as an SVG element without a size of its own: it fills the box it is put in, sharp at any scale.
///
/// It has no XML prolog and can stand inside a page's HTML. Fails only for texts beyond 2,953 bytes.
pub fn qr_svg(text: &str) -> Result<String, DocumentError> {
    // Medium correction survives a crease or a coffee ring; a very long text has to do with less.
    let code = [EcLevel::M, EcLevel::L]
        .into_iter()
        .find_map(|level| QrCode::with_error_correction_level(text, level).ok())
        .ok_or(DocumentError::QrTooLong)?;
    let side = code.width() + 2 * QUIET_ZONE;
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(code.width()).enumerate() {
        let mut x = 0;
        // One rectangle for each run of dark modules: fewer seams and a quarter of the bytes.
        for run in row.chunk_by(|a, b| a == b) {
            if run[0] == Color::Dark {
                write!(
                    path,
                    "M{} {}h{}v1h-{}z",
                    x + QUIET_ZONE,
                    y + QUIET_ZONE,
                    run.len(),
                    run.len()
                )
                .expect("writing to a string cannot fail");
            }
            x += run.len();
        }
    }
    Ok(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges" role="img" aria-label="QR code"><path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{path}"/></svg>"##
    ))
}
