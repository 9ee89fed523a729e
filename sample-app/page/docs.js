// Shows the OpenAPI document with Swagger UI, which would otherwise send the document's address to a validator elsewhere.

window.SwaggerUIBundle({ url: '/docs-json', dom_id: '#docs', validatorUrl: 'none' });
