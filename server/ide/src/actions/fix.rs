//! Quick fixes: what the checks know to do about what they say.

use config::{Fix, fixes};

use super::{ActionKind, Asked, Offer, edited};

pub(super) fn offer<'s>(asked: &'s Asked<'_>, offers: &mut Vec<Offer<'s>>) {
    let mut made: Vec<Fix> = Vec::new();
    for diagnostic in asked.diagnostics_here() {
        for fix in fixes(diagnostic, &asked.document, asked.dialect) {
            // Several things may be wrong for one reason. Of two fixes with one title, the first is what is selected.
            if let Some(same) = made.iter().position(|other| other.title == fix.title) {
                if made.get(same) == Some(&fix)
                    && let Some(offer) = offers.get_mut(same)
                {
                    offer.diagnostics.push(diagnostic.clone());
                }
                continue;
            }
            made.push(fix.clone());
            let (title, preferred) = (fix.title, fix.safe);
            let make = move || Ok(vec![edited(&asked.document, fix.edits.clone())]);
            let diagnostics = vec![diagnostic.clone()];
            offers.push(Offer { preferred, diagnostics, ..Offer::new(ActionKind::QuickFix, title, make) });
        }
    }
}
