// Cairo draws every figure: PNG, SVG and PDF from one drawing code.
#ifndef INTERPOLANTS_CCAIRO_H
#define INTERPOLANTS_CCAIRO_H

#include <cairo.h>
#include <cairo-pdf.h>
#include <cairo-svg.h>

#endif
