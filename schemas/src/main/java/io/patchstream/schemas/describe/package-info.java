/** The topics and their records, told to people (Markdown) and to tools (AsyncAPI), from the schemas themselves. */
package io.patchstream.schemas.describe;
