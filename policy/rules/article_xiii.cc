// Article XIII.1: the terms change by amendment only. A convention is enacted once.
#include "policy/rules/checks.h"

namespace passerelle::policy::rules {
namespace {

constexpr Message kMessages[] = {
    {"already-enacted", "La convention est déjà en place : ses termes ne changent que par avenant.",
     "The convention is enacted already: its terms change by amendment only.",
     "Les parties signent un avenant.", "The parties sign an amendment."},
};

}  // namespace

constexpr Rule kXiii1 = {
    "XIII.1",
    Source::kConvention,
    "5(2)",
    "Toute modification fait l'objet d'un avenant.",
    "Every change is made by an amendment.",
    kMessages,
};

void CheckNotEnacted(Judgement& j) {
  if (j.state().founding() != nullptr) j.Refuse({kXiii1, "already-enacted"});
}

}  // namespace passerelle::policy::rules
